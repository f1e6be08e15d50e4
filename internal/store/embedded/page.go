package embedded

import (
	"context"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"

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

func (s *Store) pull(ctx context.Context, v *view, q store.Pull) (store.Page, error) {
	until := v.last
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	stays, err := v.stays(ctx, q.User, s.options.oldestStay(v.last))
	if err != nil {
		return store.Page{}, err
	}
	it, err := v.snap.NewIterWithContext(ctx, nil)
	if err != nil {
		return store.Page{}, err
	}
	g := gather{ctx: ctx, it: it, query: q, limit: max(q.Limit, 1), bound: until}
	since := max(min(q.Received, q.Sent), 0)
	err = g.inbox(since, until)
	for i := 0; i < len(stays) && err == nil; i++ {
		err = s.pullStay(&g, v, stays[i], since, until)
	}
	if err = errors.Join(err, it.Close()); err != nil {
		return store.Page{}, err
	}
	page := store.Page{Through: until, More: g.more}
	if g.more {
		page.Through = g.bound
	}
	page.Messages, err = v.messages(ctx, g.found)
	return page, err
}

// pullStay gathers what the logs of a group have for who stayed in it.
func (s *Store) pullStay(g *gather, v *view, stay store.Membership, since, until chat.Tick) error {
	since = max(since, stay.Joined)
	if stay.Left != 0 {
		until = min(until, stay.Left)
	}
	if newest, known := s.newest.of(stay.Group); known && newest <= since {
		return nil
	}
	logs, err := g.logsOf(stay.Group)
	if err != nil {
		return err
	}
	var newest chat.Tick
	for _, prefix := range logs {
		tick, err := g.newest(prefix)
		if err != nil {
			return err
		}
		if newest = max(newest, tick); tick > since {
			if err := g.log(prefix, since, until); err != nil {
				return err
			}
		}
	}
	s.newest.learn(stay.Group, newest, v.last)
	return nil
}

// gather collects the first messages of several indexes, by whole ticks.
//
// found always holds every wanted message of the indexes read so far that has
// a tick up to bound, and more says whether one with a larger tick exists.
// The bound only falls, so an index is read no further than the page can reach.
type gather struct {
	ctx   context.Context
	it    *pebble.Iterator
	query store.Pull
	limit int
	bound chat.Tick
	found []chat.ID
	more  bool
}

// wants says whether the user wants a message of their own, or of another, of tick.
func (g *gather) wants(tick chat.Tick, own bool) bool {
	if own {
		return tick > g.query.Sent
	}
	return tick > g.query.Received
}

// inbox gathers from the inbox of the user.
func (g *gather) inbox(since, until chat.Tick) error {
	return g.index(appendInboxPrefix(nil, g.query.User), since, until, func(tick chat.Tick, d *decoder) (uint16, bool) {
		e := d.nextInboxEntry()
		return e.index, g.wants(tick, e.own)
	})
}

// log gathers from a log of a group, whose keys begin with prefix.
func (g *gather) log(prefix []byte, since, until chat.Tick) error {
	return g.index(prefix, since, until, func(tick chat.Tick, d *decoder) (uint16, bool) {
		e := d.nextLogEntry()
		own := string(e.sender) == string(g.query.User)
		if e.traits.has(traitDirectional) || own && e.traits.has(traitNotToSender) {
			return e.index, false
		}
		return e.index, g.wants(tick, own)
	})
}

// logsOf lists what the keys of the group's logs begin with: one log, and one
// more for each channel.
func (g *gather) logsOf(group string) ([][]byte, error) {
	log := chat.Conversation{Type: chat.Group, Target: group}
	logs := [][]byte{appendLogPrefix(nil, log.Log(""))}
	channels := pairPrefix(tableChannel, group)
	g.it.SetBounds(channels, after(channels))
	for ok := g.it.First(); ok; ok = g.it.Next() {
		log.Channel = string(g.it.Key()[len(channels):])
		logs = append(logs, appendLogPrefix(nil, log.Log("")))
	}
	return logs, g.it.Error()
}

// newest is the tick of the newest message in a log, 0 when it has none.
func (g *gather) newest(prefix []byte) (chat.Tick, error) {
	g.it.SetBounds(prefix, after(prefix))
	if !g.it.Last() {
		return 0, g.it.Error()
	}
	return tickAtEnd(g.it.Key()), nil
}

// index reads the index whose keys are prefix and a tick, over the ticks
// since < tick <= until. next takes one entry and says whether it is wanted.
func (g *gather) index(prefix []byte, since, until chat.Tick, next func(chat.Tick, *decoder) (index uint16, wanted bool)) error {
	if since >= until {
		return nil
	}
	from := appendTick(slices.Clip(prefix), since+1)
	to := appendTick(slices.Clip(prefix), until+1)
	g.it.SetBounds(from, to)
	start := len(g.found)
	for ok := g.it.First(); ok; ok = g.it.Next() {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		value, err := g.it.ValueAndErr()
		if err != nil {
			return err
		}
		tick, before := tickAtEnd(g.it.Key()), len(g.found)
		d := decoder{rest: value}
		for len(d.rest) > 0 {
			if index, wanted := next(tick, &d); wanted {
				g.found = append(g.found, chat.ID{Tick: tick, Index: index})
			}
		}
		if d.bad {
			return errRecord
		}
		if tick > g.bound && len(g.found) > before {
			g.found, g.more = g.found[:before], true
			break
		}
		if len(g.found)-start >= g.limit {
			g.bound = min(g.bound, tick)
		}
	}
	g.trim()
	return g.it.Error()
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

func (v *view) history(ctx context.Context, q store.Range) (store.Page, error) {
	first, end := max(q.After, 0)+1, v.last+1
	if q.Before != 0 {
		end = min(end, q.Before)
	}
	page := store.Page{Through: end - 1}
	if q.Backward {
		page.Through = first
	}
	if first >= end {
		return page, nil
	}
	ids, more, err := v.historyIDs(ctx, q, first, end)
	if err != nil {
		return store.Page{}, err
	}
	if more {
		page.More, page.Through = true, ids[len(ids)-1].Tick
	}
	page.Messages, err = v.messages(ctx, ids)
	return page, err
}

// historyIDs lists the first wanted messages of a log with first <= tick < end,
// by whole ticks, and says whether there are more.
func (v *view) historyIDs(ctx context.Context, q store.Range, first, end chat.Tick) (ids []chat.ID, more bool, err error) {
	prefix := slices.Clip(appendLogPrefix(nil, q.Log))
	it, err := v.snap.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: appendTick(prefix, first),
		UpperBound: appendTick(prefix, end),
	})
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	start, step := it.First, it.Next
	if q.Backward {
		start, step = it.Last, it.Prev
	}
	for ok := start(); ok; ok = step() {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return nil, false, err
		}
		before := len(ids)
		if ids, err = v.appendWanted(ids, q, tickAtEnd(it.Key()), value); err != nil {
			return nil, false, err
		}
		if before >= max(q.Limit, 1) && len(ids) > before {
			return ids[:before], true, nil
		}
	}
	return ids, false, it.Error()
}

// appendWanted appends what q wants of the messages that a log has in tick.
func (v *view) appendWanted(ids []chat.ID, q store.Range, tick chat.Tick, entries []byte) ([]chat.ID, error) {
	before := len(ids)
	d := decoder{rest: entries}
	for len(d.rest) > 0 {
		e := d.nextLogEntry()
		if !q.All && !e.traits.has(traitPersisted) {
			continue
		}
		id := chat.ID{Tick: tick, Index: e.index}
		if q.Viewer != "" {
			visible, err := v.visible(id, e, q.Viewer)
			if err != nil {
				return nil, err
			}
			if !visible {
				continue
			}
		}
		ids = append(ids, id)
	}
	if q.Backward {
		slices.Reverse(ids[before:])
	}
	return ids, d.err()
}
