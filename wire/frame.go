// Package wire turns the frames and payloads of the protocol into bytes and
// back. PROTOCOL.md describes every one of them.
//
// A WebSocket message is one frame: a header byte, fields, and a payload that
// runs to the end. Integers are big-endian; a text is two bytes of length and
// UTF-8. Neither decoding nor appending allocates, except for a text that needs
// repair (see [ClientFrame.Decode]) and for errors.
package wire

import (
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Type is what a frame is: the high four bits of its header byte.
type Type byte

// The frame types. 1 and 8 to 11 exist in the protocol's ancestor only.
const (
	TypeConnack    Type = 2  // to the client: whether it is connected
	TypePublish    Type = 3  // both ways: a message, or a signal
	TypePuback     Type = 4  // both ways: answers a publish
	TypeQuery      Type = 5  // to the server: a question
	TypeQueryack   Type = 6  // to the client: answers a query
	TypeQuerycon   Type = 7  // to the server: answers a queryack of QoS 1
	TypePingreq    Type = 12 // to the server: are you there?
	TypePingresp   Type = 13 // to the client: answers a pingreq
	TypeDisconnect Type = 14 // both ways: the last frame
)

var typeText = [...]string{
	TypeConnack: "connack", TypePublish: "publish", TypePuback: "puback", TypeQuery: "query",
	TypeQueryack: "queryack", TypeQuerycon: "querycon", TypePingreq: "pingreq",
	TypePingresp: "pingresp", TypeDisconnect: "disconnect",
}

// String is the word used in errors, logs and metrics.
func (t Type) String() string {
	if int(t) < len(typeText) && typeText[t] != "" {
		return typeText[t]
	}
	return "unknown"
}

// The header byte is tttt d qq r: type, dup, QoS, and a retain bit that nobody sets.
const dupBit = 1 << 3

// ClientFrame is a frame that a server reads. Fields that its type lacks are zero.
type ClientFrame struct {
	Type    Type
	QoS     uint8  // publish, query: 0 or 1
	Dup     bool   // publish
	Topic   []byte // publish, query
	Target  []byte // publish, query: a peer, a group, a room or the user itself
	ID      uint16 // publish, puback, query, querycon
	Status  uint8  // disconnect
	Payload []byte // publish, query: the encoded message
}

// Decode overwrites f with the frame in b; the slices of f alias b. A client
// may spell a character outside the BMP as two surrogates of three bytes each:
// Topic and Target then are proper copies. The error is a *chat.Error with code
// chat.BadMessage and a reason of the form "type.field: what is wrong".
func (f *ClientFrame) Decode(b []byte) error {
	*f = ClientFrame{}
	d := newDecoder(b)
	f.Type = d.typ
	switch d.typ {
	case TypePublish:
		f.QoS, f.Dup = d.qos(), d.dup()
		f.Topic, f.Target = d.text("topic"), d.text("target")
		f.ID, f.Payload = d.uint16("id"), d.tail()
	case TypeQuery:
		f.QoS = d.qos()
		f.Topic, f.Target = d.text("topic"), d.text("target")
		f.ID, f.Payload = d.uint16("id"), d.tail()
	case TypePuback, TypeQuerycon:
		f.ID = d.uint16("id")
	case TypePingreq:
	case TypeDisconnect:
		d.zero("reserved")
		f.Status = d.uint8("status")
	default:
		return d.unknownType()
	}
	return d.end()
}

// ServerFrame is a frame that a client reads. Fields that its type lacks are zero.
type ServerFrame struct {
	Type    Type
	QoS     uint8   // publish, queryack: 0 or 1
	Dup     bool    // publish: another device of the user sent this
	Topic   []byte  // publish
	Target  []byte  // publish
	ID      uint16  // publish, puback, queryack
	Seconds int32   // publish, puback, queryack: the server's time
	Millis  uint16  // puback: 0 to 999
	Status  uint16  // puback, queryack, disconnect
	UID     []byte  // puback: the messageUId
	Payload []byte  // publish, queryack: the encoded message
	Connack Connack // connack
}

// Connack is what a CONNACK says. Only Status counts when it is not 0.
type Connack struct {
	Status  uint8 // 0, or why there is no connection
	User    string
	Session string
	Time    int64  // the server's, in milliseconds since 1970
	FirstID uint16 // protocolVer 4: the client's message ids follow this one
}

// Decode overwrites f with the frame in b as ClientFrame.Decode does.
// protocolVer, 3 or 4, is the one that the client asked for; 4 lets a CONNACK
// leave fields out. A CONNACK copies its texts.
func (f *ServerFrame) Decode(b []byte, protocolVer int) error {
	*f = ServerFrame{}
	d := newDecoder(b)
	f.Type = d.typ
	switch d.typ {
	case TypeConnack:
		f.Connack = d.connack(protocolVer)
	case TypePublish:
		f.QoS, f.Dup = d.qos(), d.dup()
		f.Seconds = int32(d.uint32("seconds"))
		f.Topic, f.Target = d.text("topic"), d.text("target")
		f.ID, f.Payload = d.uint16("id"), d.tail()
	case TypePuback:
		f.ID, f.Seconds, f.Status = d.uint16("id"), int32(d.uint32("seconds")), d.uint16("status")
		f.Millis = d.millis("millis")
		f.UID = d.text("uid")
	case TypeQueryack:
		f.QoS = d.qos()
		f.ID, f.Seconds, f.Status = d.uint16("id"), int32(d.uint32("seconds")), d.uint16("status")
		f.Payload = d.tail()
	case TypePingresp:
	case TypeDisconnect:
		d.zero("reserved")
		f.Status = uint16(d.uint8("status"))
	default:
		return d.unknownType()
	}
	return d.end()
}

// SentTime is when the server accepted what this PUBACK answers, in
// milliseconds since 1970. The seconds of the protocol are signed; we take
// them as unsigned, so that our clients know the time until 2106, not 2038.
func (f *ServerFrame) SentTime() int64 {
	return int64(uint32(f.Seconds))*1000 + int64(f.Millis)
}

// RetryAfter is how long to wait before sending again what this PUBACK
// refuses with chat.TooFast; 0 where the server does not tell. A client that
// did not connect with hongyan=1 has the server's time in that place.
func (f *ServerFrame) RetryAfter() time.Duration {
	wait := time.Duration(f.SentTime()) * time.Millisecond
	if f.Type != TypePuback || f.Status != uint16(chat.TooFast) || wait > maxRetryAfter {
		return 0
	}
	return wait
}

// maxRetryAfter is far longer than any server lets a sender wait, and far
// shorter than the time since 1970.
const maxRetryAfter = 24 * time.Hour
