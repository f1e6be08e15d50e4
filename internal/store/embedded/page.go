package embedded

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Pull implements store.Inbox.
func (s *Store) Pull(ctx context.Context, q store.Pull) (store.Page, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer s.release(v)
	page, err := s.pull(ctx, v, q)
	if err != nil {
		return store.Page{}, failure("reading a user's stream", err)
	}
	return page, nil
}

func (s *Store) pull(ctx context.Context, v *view, q store.Pull) (page store.Page, err error) {
	until := v.last
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	stays, err := v.stays(ctx, q.User, s.options.oldestStay(v.last))
	if err != nil {
		return store.Page{}, err
	}
	x, err := v.indexes(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer func() { err = errors.Join(err, x.close()) }()

	g := gather{wants: wantedBy(q), limit: max(q.Limit, 1), bound: until}
	all := span{since: max(min(q.Received, q.Sent), 0), until: until}
	if err := x.inbox(q.User, all, g.next()); err != nil {
		return store.Page{}, err
	}
	g.trim()
	for _, stay := range stays {
		if strings.HasPrefix(stay.Group, store.UltraGroup("")) {
			continue
		}
		if err := s.pullStay(x, &g, q.User, stay, all); err != nil {
			return store.Page{}, err
		}
	}
	page = store.Page{Through: until, More: g.more}
	if g.more {
		page.Through = g.bound
	}
	err = v.fill(ctx, &page, g.found, q.Bytes)
	return page, err
}

// pullStay gathers what the logs of a group have for who stayed in it.
func (s *Store) pullStay(x *indexes, g *gather, user chat.UserID, stay store.Membership, all span) error {
	within := span{since: max(all.since, stay.Joined), until: all.until}
	if stay.Left != 0 {
		within.until = min(within.until, stay.Left)
	}
	if newest, known := s.newest.of(stay.Group); known && newest <= within.since {
		return nil
	}
	logs, err := x.logsOf(stay.Group)
	if err != nil {
		return err
	}
	var newest chat.Tick
	for _, log := range logs {
		tick, err := x.newest(log)
		if err != nil {
			return err
		}
		newest = max(newest, tick)
		if tick <= within.since {
			continue
		}
		if err := x.log(log, user, within, g.next()); err != nil {
			return err
		}
		g.trim()
	}
	s.newest.learn(stay.Group, newest, x.v.last)
	return nil
}

// logsOf lists the logs of a group: one, and one more for each channel.
func (x *indexes) logsOf(group string) ([]chat.Log, error) {
	c := chat.Conversation{Type: chat.Group, Target: group}
	logs := []chat.Log{c.Log("")}
	channels := pairPrefix(tableChannel, group)
	x.it.SetBounds(channels, after(channels))
	for ok := x.it.First(); ok; ok = x.it.Next() {
		c.Channel = string(x.it.Key()[len(channels):])
		logs = append(logs, c.Log(""))
	}
	return logs, x.it.Error()
}

// gather collects the first messages of several indexes, by whole ticks.
//
// found always holds every wanted message of the indexes read so far that has
// a tick up to bound, and more says whether one with a larger tick exists.
// The bound only falls, so an index is read no further than the page can reach.
type gather struct {
	wants func(entry) (bool, error)
	limit int
	bound chat.Tick
	found []chat.ID
	more  bool
}

// next is the visitor of one more index.
func (g *gather) next() visitor {
	room := g.limit // what this index alone can add to the page
	return func(e entry) (bool, error) {
		if wanted, err := g.wants(e); err != nil || !wanted {
			return err == nil, err
		}
		if e.id.Tick > g.bound {
			g.more = true
			return false, nil
		}
		g.found = append(g.found, e.id)
		if room--; room <= 0 {
			g.bound = min(g.bound, e.id.Tick)
		}
		return true, nil
	}
}

// wantedBy says what of the indexes a pull wants.
func wantedBy(q store.Pull) func(entry) (bool, error) {
	return func(e entry) (bool, error) {
		switch {
		case e.traits.has(traitDirectional): // it comes by inbox, which knows no traits
			return false, nil
		case e.own && e.traits.has(traitNotToSender):
			return false, nil
		case e.own:
			return e.id.Tick > q.Sent, nil
		}
		return e.id.Tick > q.Received, nil
	}
}

// Merge implements store.History.
func (s *Store) Merge(ctx context.Context, q store.Merge) (store.Page, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer s.release(v)
	page, err := s.merge(ctx, v, q)
	if err != nil {
		return store.Page{}, failure("reading logs", err)
	}
	return page, nil
}

func (s *Store) merge(ctx context.Context, v *view, q store.Merge) (page store.Page, err error) {
	x, err := v.indexes(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	until := v.last
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	g := gather{limit: max(q.Limit, 1), bound: until, wants: func(e entry) (bool, error) { return v.visible(e, q.Viewer) }}
	for _, l := range q.Logs {
		if silent, err := s.silent(x, l); err != nil {
			return store.Page{}, err
		} else if silent {
			continue
		}
		if err := x.log(l.Log, q.Viewer, span{since: max(l.After, 0), until: until}, g.next()); err != nil {
			return store.Page{}, err
		}
		g.trim()
	}
	page = store.Page{Through: until, More: g.more}
	if g.more {
		page.Through = g.bound
	}
	err = v.fill(ctx, &page, g.found, q.Bytes)
	return page, err
}

// trim puts found in order and lowers the bound to the tick in which the limit
// is reached.
func (g *gather) trim() {
	slices.SortFunc(g.found, compareIDs)
	if len(g.found) < g.limit {
		return
	}
	g.bound = g.found[g.limit-1].Tick
	for i := g.limit; i < len(g.found); i++ {
		if g.found[i].Tick > g.bound {
			g.found, g.more = g.found[:i], true
			return
		}
	}
}

func compareIDs(a, b chat.ID) int {
	switch {
	case a.Less(b):
		return -1
	case b.Less(a):
		return 1
	}
	return 0
}

// History implements store.History.
func (s *Store) History(ctx context.Context, q store.Range) (store.Page, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer s.release(v)
	page, err := v.history(ctx, q)
	if err != nil {
		return store.Page{}, failure("reading history", err)
	}
	return page, nil
}

func (v *view) history(ctx context.Context, q store.Range) (page store.Page, err error) {
	x, err := v.indexes(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer func() { err = errors.Join(err, x.close()) }()

	all := span{since: max(q.After, 0), until: v.last, backward: q.Backward}
	if q.Before != 0 {
		all.until = min(all.until, q.Before-1)
	}
	page.Through = all.until
	if q.Backward {
		page.Through = all.since + 1
	}
	var found []chat.ID
	flags := traitsFor(q.Flags)
	err = x.log(q.Log, q.Viewer, all, func(e entry) (bool, error) {
		if !q.All && !e.traits.has(traitPersisted) || e.traits&flags != flags || excepted(q.Except, e.id) {
			return true, nil
		}
		if q.Viewer != "" {
			if visible, err := v.visible(e, q.Viewer); err != nil || !visible {
				return true, err
			}
		}
		if n := len(found); n >= max(q.Limit, 1) && found[n-1].Tick != e.id.Tick {
			page.More, page.Through = true, found[n-1].Tick
			return false, nil
		}
		found = append(found, e.id)
		return true, nil
	})
	if err != nil {
		return store.Page{}, err
	}
	err = v.fill(ctx, &page, found, q.Bytes)
	return page, err
}

// silent reports whether l has no message that is wanted. Of the logs of ultra
// groups memory mostly knows.
func (s *Store) silent(x *indexes, l store.LogSince) (bool, error) {
	noted := l.Log.Type() == chat.UltraGroup
	if newest, known := s.newest.of(string(l.Log)); noted && known {
		return newest <= l.After, nil
	}
	newest, err := x.newest(l.Log)
	if noted && err == nil {
		s.newest.learn(string(l.Log), newest, x.v.last)
	}
	return newest <= l.After, err
}
