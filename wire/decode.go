package wire

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
)

// What can be wrong with a field. The golden vectors quote these words.
const (
	cutShort   = "cut short"
	outOfPlace = "out of place"
	outOfRange = "out of range"
	notUTF8    = "not UTF-8"
	unknown    = "unknown"
)

// decoder takes the fields of a frame one by one. After the first failure it
// hands out zeros, so only end reports it.
type decoder struct {
	typ   Type
	flags byte // of the header, those that nobody asked for yet
	rest  []byte
	err   error
}

func newDecoder(b []byte) decoder {
	if len(b) == 0 {
		return decoder{err: chat.Errorf(chat.BadMessage, "frame.header: %s", cutShort)}
	}
	return decoder{typ: Type(b[0] >> 4), flags: b[0] & 15, rest: b[1:]}
}

func (d *decoder) fail(field, reason string) {
	if d.err == nil {
		d.err = chat.Errorf(chat.BadMessage, "%s.%s: %s", d.typ, field, reason)
	}
}

// unknownType is the error for a frame that does not come this way.
func (d *decoder) unknownType() error {
	if d.err == nil {
		d.err = chat.Errorf(chat.BadMessage, "frame.type: %s", unknown)
	}
	return d.err
}

// end returns the first failure. Bytes and flags that nobody took are one.
func (d *decoder) end() error {
	if d.flags != 0 {
		d.fail("flags", outOfPlace)
	}
	if len(d.rest) != 0 {
		d.fail("end", outOfPlace)
	}
	return d.err
}

// qos takes the quality of service, of which there are two.
func (d *decoder) qos() uint8 {
	q := d.flags >> 1 & 3
	if q > 1 {
		d.fail("qos", outOfRange)
	}
	d.flags &^= 3 << 1
	return q
}

func (d *decoder) dup() bool {
	dup := d.flags&dupBit != 0
	d.flags &^= dupBit
	return dup
}

// take returns the next n bytes, or nil after a failure.
func (d *decoder) take(field string, n int) []byte {
	if len(d.rest) < n {
		d.fail(field, cutShort)
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uint8(field string) uint8 {
	if b := d.take(field, 1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint16(field string) uint16 {
	if b := d.take(field, 2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) uint32(field string) uint32 {
	if b := d.take(field, 4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// time takes eight bytes of milliseconds since 1970.
func (d *decoder) time(field string) int64 {
	b := d.take(field, 8)
	if b == nil {
		return 0
	}
	t := binary.BigEndian.Uint64(b)
	if t > math.MaxInt64 {
		d.fail(field, outOfRange)
	}
	return int64(t)
}

func (d *decoder) millis(field string) uint16 {
	ms := d.uint16(field)
	if ms > 999 {
		d.fail(field, outOfRange)
	}
	return ms
}

func (d *decoder) zero(field string) {
	if d.uint8(field) != 0 {
		d.fail(field, outOfRange)
	}
}

// tail takes what is left.
func (d *decoder) tail() []byte {
	return d.take("payload", len(d.rest))
}

func (d *decoder) text(field string) []byte {
	s := d.take(field, int(d.uint16(field)))
	if utf8.Valid(s) {
		return s
	}
	s, ok := joinSurrogates(s)
	if !ok {
		d.fail(field, notUTF8)
	}
	return s
}

// The fields that a CONNACK of protocolVer 4 has, one bit each.
const (
	connackUser    = 1
	connackSession = 2
	connackTime    = 4
	connackFirstID = 8
	connackAll     = connackUser | connackSession | connackTime | connackFirstID
)

func (d *decoder) connack(protocolVer int) (c Connack) {
	d.zero("reserved")
	c.Status = d.uint8("status")
	if c.Status != 0 || d.err != nil {
		return c
	}
	fields := uint8(connackUser | connackSession | connackTime)
	if protocolVer == ProtocolVer4 {
		fields = d.uint8("fields")
	}
	if fields&connackUser != 0 {
		c.User = string(d.text("user"))
	}
	if fields&connackSession != 0 {
		c.Session = string(d.text("session"))
	}
	if fields&connackTime != 0 {
		c.Time = d.time("time")
	}
	if fields&connackFirstID != 0 {
		c.FirstID = d.uint16("firstId")
	}
	if fields&^connackAll != 0 {
		d.fail("fields", unknown)
	}
	return c
}

// joinSurrogates returns a copy of s in UTF-8 where each pair of surrogates of
// three bytes each has become one character of four bytes. It reports false for
// a lone surrogate and for anything else that is not UTF-8.
func joinSurrogates(s []byte) ([]byte, bool) {
	joined := make([]byte, 0, len(s))
	for len(s) > 0 {
		if r, size := utf8.DecodeRune(s); r != utf8.RuneError || size > 1 {
			joined = append(joined, s[:size]...)
			s = s[size:]
			continue
		}
		high, ok := surrogate(s, 0xD800)
		if !ok {
			return nil, false
		}
		low, ok := surrogate(s[3:], 0xDC00)
		if !ok {
			return nil, false
		}
		joined = utf8.AppendRune(joined, 0x10000+high<<10+low)
		s = s[6:]
	}
	return joined, true
}

// surrogate reads three bytes that spell one of the 1024 surrogates from base
// on, and returns its ten bits.
func surrogate(s []byte, base rune) (rune, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1]&0xC0 != 0x80 || s[2]&0xC0 != 0x80 {
		return 0, false
	}
	r := rune(0xD000) | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
	return r - base, r >= base && r < base+1024
}
