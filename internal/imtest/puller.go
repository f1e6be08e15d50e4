package imtest

import (
	"fmt"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
)

// puller decides when a client pulls and what it takes of an answer. It does
// no I/O, so that the rule is in one place: WIRE.md 3.5 for an official client,
// PROTOCOL.md#direct-push for one of ours.
type puller interface {
	// connected begins a connection; a pull always follows it.
	connected()
	// hint is a s_ntf at tick. It reports whether to pull now.
	hint(tick chat.Tick) bool
	// cursors are what the next pull asks with.
	cursors() (received, sent chat.Tick)
	// answered is an answer that reaches up to through. It returns the tick
	// after which messages are taken from it, and whether to pull again.
	answered(through, newestOwn chat.Tick, finished bool) (after chat.Tick, again bool, err error)
}

// official is the puller of the official SDK.
type official struct {
	inbox, outbox chat.Tick
	version       chat.Tick // of the connection; -1 before the first answer
	hints         []chat.Tick
	pulling       bool
}

func (p *official) connected() { p.version, p.hints, p.pulling = -1, nil, true }

func (p *official) hint(tick chat.Tick) bool {
	p.hints = append(p.hints, tick)
	if p.pulling {
		return false
	}
	p.pulling = true
	return true
}

func (p *official) cursors() (received, sent chat.Tick) { return p.inbox, p.outbox }

func (p *official) answered(through, newestOwn chat.Tick, finished bool) (after chat.Tick, again bool, err error) {
	p.inbox, p.outbox = through, max(p.outbox, newestOwn)
	version := max(through, 1, p.outbox)
	if version < p.version {
		err = fmt.Errorf("version error: %d after %d", version, p.version)
	}
	p.version = version
	p.hints = slices.DeleteFunc(p.hints, func(t chat.Tick) bool { return t <= version })
	switch {
	case !finished:
	case len(p.hints) > 0:
		p.hints = nil
	default:
		p.pulling = false
	}
	return 0, p.pulling, err
}

// direct is the puller of our own SDKs. Every answer moves one cursor.
type direct struct {
	cursor  chat.Tick
	wanted  chat.Tick
	pulling bool
}

func (p *direct) connected() { p.pulling = true }

func (p *direct) hint(tick chat.Tick) bool {
	p.wanted = max(p.wanted, tick)
	if p.pulling || p.wanted <= p.cursor {
		return false
	}
	p.pulling = true
	return true
}

// pushed reports whether to take a pushed tick. Otherwise, when pull is set,
// there is a gap to pull.
func (p *direct) pushed(previous, tick chat.Tick) (take, pull bool) {
	switch {
	case tick <= p.cursor:
		return false, false
	case previous > p.cursor:
		return false, p.hint(tick)
	}
	p.cursor = tick
	return true, false
}

func (p *direct) cursors() (received, sent chat.Tick) { return p.cursor, p.cursor }

func (p *direct) answered(through, _ chat.Tick, finished bool) (after chat.Tick, again bool, err error) {
	after = p.cursor
	p.cursor = max(p.cursor, through)
	p.pulling = !finished || p.wanted > p.cursor
	return after, p.pulling, nil
}
