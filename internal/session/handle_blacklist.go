package session

import (
	"context"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Blacklists keeps whom users refuse.
type Blacklists interface {
	store.Blacklists
	Change(context.Context, ...store.Change) (chat.Tick, error)
}

// What a client asks and tells about whom its user refuses. PROTOCOL.md#topics
var blacklistQueries = handlers{
	wire.TopicBlacklist:       (*Session).handleBlacklist,
	wire.TopicBlacklistAdd:    (*Session).handleBlacklistAdd,
	wire.TopicBlacklistRemove: (*Session).handleBlacklistRemove,
}

// maxRefused is how many users one change of a blacklist names.
const maxRefused = 20

func (s *Session) handleBlacklist(f *wire.ClientFrame) {
	var q pb.Blacklist
	s.ask(f, &q, func() (payload, error) {
		listed, err := s.Blacklists.Blacklist(s.ctx, s.client.User)
		answer := new(pb.Blacklist)
		for _, user := range listed {
			answer.UserId = append(answer.UserId, string(user))
		}
		return answer, err
	})
}

func (s *Session) handleBlacklistAdd(f *wire.ClientFrame) {
	var q pb.Blacklist
	s.change(f, &q, func() (payload, error) {
		others, err := s.refused(&q)
		if err != nil {
			return nil, err
		}
		listed, err := s.Blacklists.Blacklist(s.ctx, s.client.User)
		if err != nil {
			return nil, err
		}
		slices.Sort(others)
		all := slices.Concat(listed, others)
		slices.Sort(all)
		if n := len(slices.Compact(all)); n > s.BlacklistLimit {
			return nil, chat.Errorf(chat.BadParameter, "userId would make it %d users, over %d", n, s.BlacklistLimit)
		}
		_, err = s.Blacklists.Change(s.ctx, store.BlacklistAdded{User: s.client.User, Others: slices.Compact(others)})
		return nil, err
	})
}

func (s *Session) handleBlacklistRemove(f *wire.ClientFrame) {
	var q pb.Blacklist
	s.change(f, &q, func() (payload, error) {
		others, err := s.refused(&q)
		if err != nil {
			return nil, err
		}
		_, err = s.Blacklists.Change(s.ctx, store.BlacklistRemoved{User: s.client.User, Others: others})
		return nil, err
	})
}

// refused are the users of a change.
func (s *Session) refused(q *pb.Blacklist) (users []chat.UserID, err error) {
	if n := len(q.GetUserId()); n == 0 || n > maxRefused {
		return nil, chat.Errorf(chat.BadParameter, "userId has %d users, not 1 to %d", n, maxRefused)
	}
	for _, id := range q.GetUserId() {
		user := chat.UserID(id)
		if err := wire.CheckID("userId", id); err != nil || user == s.client.User {
			return nil, chat.Errorf(chat.BadParameter, "userId %q is not a user to refuse", id)
		}
		users = append(users, user)
	}
	return users, nil
}
