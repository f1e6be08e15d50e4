package bench

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// reference speaks to the server under bench/reference: centrifuge's client
// protocol, binary. A conversation is the channel that its receivers subscribe
// to. There are no message names and nothing to prepare.
type reference struct {
	body []byte // of the command being made
}

// Field numbers of centrifuge's Command, Reply and what is in them.
const (
	cmdID        = 1
	cmdConnect   = 4
	cmdSubscribe = 5
	cmdPublish   = 7
	replyError   = 2
	replyPush    = 4
	pushPub      = 4
	pubData      = 4
)

// Ids of commands. A publish has the number of its message behind them.
const (
	idConnect = iota + 1
	idSubscribe
	idPublish
)

func (*reference) prepare(context.Context, *load) error { return nil }

func (*reference) path(*load, *client) string { return "/connection/websocket?format=protobuf" }

func (r *reference) begin(l *load, c *client) {
	r.body = appendBytesField(r.body[:0], 1, c.user)
	r.command(l, c, idConnect, cmdConnect)
}

func (r *reference) publish(l *load, c *client, seq uint32, content []byte) {
	r.body = appendBytesField(r.body[:0], 1, c.talk.target)
	r.body = appendBytesField(r.body, 2, content)
	r.command(l, c, idPublish+uint64(seq), cmdPublish)
}

// ping does nothing: in this protocol the server pings.
func (*reference) ping(*load, *client) {}

// command sends r.body as the request of one command, its length in front.
func (r *reference) command(l *load, c *client, id uint64, request protowire.Number) {
	size := protowire.SizeTag(cmdID) + protowire.SizeVarint(id) +
		protowire.SizeTag(request) + protowire.SizeBytes(len(r.body))
	b := protowire.AppendVarint(l.scratch[:0], uint64(size))
	b = protowire.AppendTag(b, cmdID, protowire.VarintType)
	b = protowire.AppendVarint(b, id)
	l.scratch = appendBytesField(b, request, r.body)
	l.send(c, l.scratch)
}

func appendBytesField[T string | []byte](b []byte, num protowire.Number, v T) []byte {
	b = protowire.AppendTag(b, num, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(v)))
	return append(b, v...)
}

var errReply = errors.New("a reply that does not decode")

func (r *reference) receive(l *load, c *client, b []byte) error {
	for len(b) > 0 {
		reply, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return errReply
		}
		b = b[n:]
		if len(reply) == 0 {
			l.send(c, []byte{0}) // a ping, and its pong
			continue
		}
		if err := r.reply(l, c, reply); err != nil {
			return err
		}
	}
	return nil
}

func (r *reference) reply(l *load, c *client, b []byte) error {
	var id uint64
	refused := false
	err := eachField(b, func(num protowire.Number, n uint64, v []byte) {
		switch num {
		case cmdID:
			id = n
		case replyError:
			refused = true
		case replyPush:
			r.push(l, c, v)
		}
	})
	switch {
	case err != nil:
		return err
	case refused && id < idPublish:
		return fmt.Errorf("the server refused: %q", b)
	case id == idConnect && c.hears != nil:
		r.body = appendBytesField(r.body[:0], 1, c.hears.target)
		r.command(l, c, idSubscribe, cmdSubscribe)
	case id == idConnect, id == idSubscribe:
		l.ready(c)
	case id >= idPublish:
		l.acked(c, uint32(id-idPublish), nil, map[bool]int{true: 1}[refused])
	}
	return nil
}

func (*reference) push(l *load, c *client, b []byte) {
	_ = eachField(b, func(num protowire.Number, _ uint64, pub []byte) {
		if num != pushPub {
			return
		}
		_ = eachField(pub, func(num protowire.Number, _ uint64, data []byte) {
			if num == pubData {
				l.delivered(c, data, nil)
			}
		})
	})
}

// eachField calls f for every field of the message b: n is the value of a
// number, v that of text.
func eachField(b []byte, f func(num protowire.Number, n uint64, v []byte)) error {
	for len(b) > 0 {
		num, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			return errReply
		}
		b = b[size:]
		var n uint64
		var v []byte
		switch typ {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			v, size = protowire.ConsumeBytes(b)
		default:
			size = protowire.ConsumeFieldValue(num, typ, b)
		}
		if size < 0 {
			return errReply
		}
		b = b[size:]
		f(num, n, v)
	}
	return nil
}
