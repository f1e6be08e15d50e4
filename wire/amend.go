package wire

import (
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// extModified is the bit of DownMessage.ext_status of an edited message.
const extModified = 4

// Expansion is the JSON text of m's expansion, empty when it has none. It is
// part of m.
func Expansion(m *chat.Message) (text []byte) {
	fields(m.Body, func(num protowire.Number, _, value []byte) {
		if num == downExpansion {
			text, _ = protowire.ConsumeBytes(value)
		}
	})
	return text
}

// Edited is m with another content, as of a time in milliseconds since 1970.
// The error is that of ParseMessage.
func Edited(m *chat.Message, content []byte, at int64) (*chat.Message, error) {
	// Whom it mentions is what the new content says.
	up := &pb.UpMessage{Flags: new(UpFlags(m.Flags | chat.Mentioned)), ClassName: &m.ObjectName, Content: content}
	checked, err := NewMessage(m.Type, m.Sender, m.Target, up)
	if err != nil {
		return nil, err
	}
	content = contentOf(checked.Body)
	n := *m
	n.Flags = m.Flags&^chat.Mentioned | checked.Flags&chat.Mentioned
	n.Body = without(m.Body, downContent, downStatus, downExtStatus, downConverted)
	n.Body = appendBytes(n.Body, downContent, content)
	n.Body = appendVarint(n.Body, downStatus, status(n.Flags))
	var private uint64 // what AppendMessage says, which this is said after
	if m.Flags&chat.PrivateChannel != 0 {
		private = extPrivateChannel
	}
	n.Body = appendVarint(n.Body, downExtStatus, numberField(m.Body, downExtStatus)|extModified|private)
	n.Body = appendString(n.Body, downConverted, `{"modify":{"time":`+strconv.FormatInt(at, 10)+`}}`)
	return &n, nil
}

// Expanded is m with another expansion, which is JSON {"key":{"v":"value"}}.
func Expanded(m *chat.Message, expansion []byte) *chat.Message {
	n := *m
	n.Body = appendBytes(without(m.Body, downExpansion), downExpansion, expansion)
	return &n
}

// without copies body, leaving out some fields.
func without(body []byte, leave ...protowire.Number) []byte {
	kept := make([]byte, 0, len(body))
	fields(body, func(num protowire.Number, field, _ []byte) {
		for _, l := range leave {
			if l == num {
				return
			}
		}
		kept = append(kept, field...)
	})
	return kept
}

// fields calls each with the fields of body: their number, all of their bytes,
// and those of the value alone.
func fields(body []byte, each func(num protowire.Number, field, value []byte)) {
	for len(body) > 0 {
		num, typ, tag := protowire.ConsumeTag(body)
		if tag < 0 {
			return // bodies are made here, so they decode
		}
		n := protowire.ConsumeFieldValue(num, typ, body[tag:])
		if n < 0 {
			return
		}
		each(num, body[:tag+n], body[tag:tag+n])
		body = body[tag+n:]
	}
}

func numberField(body []byte, wanted protowire.Number) (v uint64) {
	fields(body, func(num protowire.Number, _, value []byte) {
		if num == wanted {
			v, _ = protowire.ConsumeVarint(value)
		}
	})
	return v
}
