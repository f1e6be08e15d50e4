package session

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks about users and groups. PROTOCOL.md#topics
var directoryQueries = handlers{
	wire.TopicOwnProfile:   ask((*Session).ownProfile),
	wire.TopicProfiles:     ask((*Session).profiles),
	wire.TopicGroups:       ask((*Session).groupsNamed),
	wire.TopicSomeGroups:   ask((*Session).joinedNamed),
	wire.TopicJoinedGroups: ask((*Session).joined),
	wire.TopicSomeMembers:  ask((*Session).membersNamed),
	wire.TopicMembers:      ask((*Session).members),
}

// Bounds of one question, those of official clients.
const ()

// Kinds of lists in a DirectoryAnswer.
const (
	listOfMembers = 1
	listOfGroups  = 3
)

// roleMember is what everybody in a group is; the protocol's other roles
// belong to groups that users manage.
const roleMember = 1

// ask is the handler of a query that may be refused.
func ask[Q any, PQ interface {
	*Q
	payload
}](do func(*Session, PQ) (payload, error)) handler {
	return func(s *Session, f *wire.ClientFrame) {
		q := PQ(new(Q))
		if err := q.UnmarshalVT(f.Payload); err != nil {
			s.refuseQuery(f, undecodable(err))
			return
		}
		p, err := do(s, q)
		if err != nil {
			s.refuseQuery(f, err)
			return
		}
		s.send(f, p)
	}
}

func atMost(field string, n, limit int) error {
	if n > limit {
		return chat.Errorf(chat.BadParameter, "%s is %d long, over %d", field, n, limit)
	}
	return nil
}

func (s *Session) ownProfile(*pb.ProfileRequest) (payload, error) { return s.profile(s.client.User) }

func (s *Session) profiles(q *pb.ProfilesRequest) (payload, error) {
	if err := atMost("userId", len(q.UserId), chat.MaxAskedUsers); err != nil {
		return nil, err
	}
	answer := &pb.Profiles{}
	for _, id := range q.UserId {
		p, err := s.profile(chat.UserID(id))
		if err != nil {
			return nil, err
		}
		answer.List = append(answer.List, p)
	}
	return answer, nil
}

// profile is what is known of a user, empty when nothing is.
func (s *Session) profile(id chat.UserID) (*pb.Profile, error) {
	u, err := s.userNamed(id)
	if err != nil {
		return nil, err
	}
	// A client keeps what it has against an answer that is not newer.
	p := &pb.Profile{Version: new(time.Now().UnixMilli()), UserId: new(string(id))}
	if u.Name != "" {
		p.UserProfile = append(p.UserProfile, entry("name", u.Name))
	}
	if u.Portrait != "" {
		p.UserProfile = append(p.UserProfile, entry("portraitUri", u.Portrait))
	}
	return p, nil
}

func (s *Session) userNamed(id chat.UserID) (store.User, error) {
	u, err := s.Directory.User(s.ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.User{ID: id}, nil
	}
	return u, err
}

func entry(key, value string) *pb.ProfileEntry { return &pb.ProfileEntry{Key: &key, Value: &value} }

// stays are a user's present memberships, the oldest first.
func (s *Session) stays(user chat.UserID) ([]store.Membership, error) {
	all, _, err := s.Directory.Memberships(s.ctx, user)
	stays := slices.DeleteFunc(all, func(m store.Membership) bool { return m.Left != 0 || isUltra(m.Group) })
	slices.SortFunc(stays, func(a, b store.Membership) int {
		return cmp.Or(cmp.Compare(a.Joined, b.Joined), strings.Compare(a.Group, b.Group))
	})
	return stays, err
}

// isUltra reports whether the id is that of an ultra group or one of its
// channels, whose members are kept like those of groups but told by other topics.
func isUltra(group string) bool { return strings.HasPrefix(group, store.UltraGroup("")) }

func (s *Session) groupsNamed(q *pb.DirectoryGroups) (payload, error) {
	var ids []string
	for _, target := range q.List {
		ids = append(ids, target.GetTargetId())
	}
	return s.someGroups(ids)
}

func (s *Session) joinedNamed(q *pb.DirectoryRequest) (payload, error) { return s.someGroups(q.Ids) }

// someGroups are those of the groups that the user is in. What others are
// called is not the user's business.
func (s *Session) someGroups(ids []string) (payload, error) {
	if err := atMost("groupIds", len(ids), chat.MaxAskedGroups); err != nil {
		return nil, err
	}
	stays, err := s.stays(s.client.User)
	if err != nil {
		return nil, err
	}
	stays = slices.DeleteFunc(stays, func(m store.Membership) bool { return !slices.Contains(ids, m.Group) })
	return s.groupInfos(stays, &pb.DirectoryPage{})
}

// joined is a page of the groups that the user is in.
func (s *Session) joined(q *pb.DirectoryRequest) (payload, error) {
	size, err := pageSize(q.Page)
	if err != nil {
		return nil, err
	}
	stays, err := s.stays(s.client.User)
	if err != nil {
		return nil, err
	}
	if role := q.GetRole(); role != 0 && role != roleMember {
		stays = nil
	}
	if q.Page.GetOrder() == 0 {
		slices.Reverse(stays)
	}
	stays, page, err := cut(stays, size, q.Page.GetPageToken(), func(m store.Membership) string {
		return strconv.FormatInt(int64(m.Joined), 10) + "." + m.Group
	})
	if err != nil {
		return nil, err
	}
	return s.groupInfos(stays, page)
}

func pageSize(p *pb.DirectoryPage) (int, error) {
	size := int(p.GetSize())
	if size < 1 || size > chat.MaxMembersPage {
		return 0, chat.Errorf(chat.BadParameter, "size is %d, not 1 to %d", size, chat.MaxMembersPage)
	}
	return size, nil
}

// cut takes a page out of list: size elements after the one whose token is
// given.
func cut[T any](list []T, size int, token string, tokenOf func(T) string) ([]T, *pb.DirectoryPage, error) {
	page := &pb.DirectoryPage{Total: new(int32(len(list)))}
	if token != "" {
		i := slices.IndexFunc(list, func(e T) bool { return tokenOf(e) == token })
		if i < 0 {
			return nil, nil, chat.Errorf(chat.BadParameter, "pageToken names nothing that is still there")
		}
		list = list[i+1:]
	}
	page.HasNext = new(len(list) > size)
	if len(list) > size {
		list = list[:size]
		page.PageToken = new(tokenOf(list[size-1]))
	}
	return list, page, nil
}

func (s *Session) groupInfos(stays []store.Membership, page *pb.DirectoryPage) (payload, error) {
	infos := &pb.DirectoryGroupInfos{}
	for _, stay := range stays {
		g, err := s.Directory.Group(s.ctx, stay.Group)
		if errors.Is(err, store.ErrNotFound) {
			continue // dismissed since
		}
		if err != nil {
			return nil, err
		}
		infos.List = append(infos.List, &pb.DirectoryGroupInfo{
			TargetId: &stay.Group, Profile: []*pb.ProfileEntry{entry("name", g.Name)},
			BaseInfo: &pb.DirectoryGroupBase{MemberCount: new(int32(len(g.Members)))}, UserInfo: membership(stay.Joined),
		})
	}
	return directoryAnswer(listOfGroups, infos, page)
}

func membership(joined chat.Tick) *pb.DirectoryMembership {
	return &pb.DirectoryMembership{Role: new(int32(roleMember)), JoinTime: new(int64(joined))}
}

func directoryAnswer(list int32, result payload, page *pb.DirectoryPage) (payload, error) {
	body, err := result.MarshalVT()
	return &pb.DirectoryAnswer{ListType: &list, Result: body, Page: page}, err
}

// membersNamed are those of the users who are in the group.
func (s *Session) membersNamed(q *pb.DirectoryRequest) (payload, error) {
	if err := atMost("userIds", len(q.Ids), chat.MaxAskedUsers); err != nil {
		return nil, err
	}
	all, err := s.membersOf(q.GetTargetId())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(id chat.UserID) bool { return !slices.Contains(q.Ids, string(id)) })
	return s.memberInfos(q.GetTargetId(), all, &pb.DirectoryPage{})
}

// members is a page of the group's members.
func (s *Session) members(q *pb.DirectoryRequest) (payload, error) {
	size, err := pageSize(q.Page)
	if err != nil {
		return nil, err
	}
	all, err := s.membersOf(q.GetTargetId())
	if err != nil {
		return nil, err
	}
	if role := q.GetRole(); role != 0 && role != roleMember {
		all = nil
	}
	all, page, err := cut(all, size, q.Page.GetPageToken(), func(id chat.UserID) string { return string(id) })
	if err != nil {
		return nil, err
	}
	return s.memberInfos(q.GetTargetId(), all, page)
}

// membersOf are the members of a group that the user is in, by their ids.
func (s *Session) membersOf(group string) ([]chat.UserID, error) {
	g, err := s.Directory.Group(s.ctx, group)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if isUltra(group) || !slices.Contains(g.Members, s.client.User) {
		return nil, chat.Errorf(chat.NotInGroup, "the user is not in the group")
	}
	members := slices.Clone(g.Members)
	slices.Sort(members)
	return members, nil
}

func (s *Session) memberInfos(group string, users []chat.UserID, page *pb.DirectoryPage) (payload, error) {
	infos := &pb.DirectoryMembers{}
	for _, id := range users {
		u, err := s.userNamed(id)
		if err != nil {
			return nil, err
		}
		stays, err := s.stays(id)
		if err != nil {
			return nil, err
		}
		m := &pb.DirectoryMember{UserId: new(string(id)), Name: &u.Name, PortraitUrl: &u.Portrait, Ext: membership(0)}
		for _, stay := range stays {
			if stay.Group == group {
				m.Ext = membership(stay.Joined)
			}
		}
		infos.List = append(infos.List, m)
	}
	return directoryAnswer(listOfMembers, infos, page)
}
