package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// messageVersion is the first byte of every message record.
const messageVersion = 1

var errRecord = errors.New("damaged record")

// A message record is version, type, flags (2), key (1+16, or a single 0),
// clientUniqueId (varint), then sender, target, channel, object name and the
// count and names of To, each with its length (uvarint) first. The body is the
// rest.

func messageLen(m *chat.Message) int {
	n := 1 + 1 + 2 + 1 + varintLen(m.ClientID) +
		textLen(string(m.Sender)) + textLen(m.Target) + textLen(m.Channel) + textLen(m.ObjectName) +
		uvarintLen(uint64(len(m.To))) + len(m.Body)
	if m.Key != (chat.SendKey{}) {
		n += len(m.Key)
	}
	for _, user := range m.To {
		n += textLen(string(user))
	}
	return n
}

func appendMessage(dst []byte, m *chat.Message) []byte {
	dst = append(dst, messageVersion, byte(m.Type))
	dst = binary.BigEndian.AppendUint16(dst, uint16(m.Flags))
	if m.Key == (chat.SendKey{}) {
		dst = append(dst, 0)
	} else {
		dst = append(dst, 1)
		dst = append(dst, m.Key[:]...)
	}
	dst = binary.AppendVarint(dst, m.ClientID)
	dst = appendText(dst, string(m.Sender))
	dst = appendText(dst, m.Target)
	dst = appendText(dst, m.Channel)
	dst = appendText(dst, m.ObjectName)
	dst = binary.AppendUvarint(dst, uint64(len(m.To)))
	for _, user := range m.To {
		dst = appendText(dst, string(user))
	}
	return append(dst, m.Body...)
}

// decodeMessage reads a record into a message of its own memory.
func decodeMessage(id chat.ID, record []byte) (*chat.Message, error) {
	d := decoder{rest: record}
	if v := d.byte(); v != messageVersion {
		return nil, fmt.Errorf("%w: message %v has version %d, known is %d", errRecord, id, v, messageVersion)
	}
	m := &chat.Message{ID: id}
	m.Type = chat.ConversationType(d.byte())
	m.Flags = chat.Flags(d.uint16())
	if d.byte() != 0 {
		copy(m.Key[:], d.bytes(len(m.Key)))
	}
	m.ClientID = d.varint()
	m.Sender = chat.UserID(d.text())
	m.Target = d.text()
	m.Channel = d.text()
	m.ObjectName = d.text()
	if n := d.count(); n > 0 {
		m.To = make([]chat.UserID, n)
		for i := range m.To {
			m.To[i] = chat.UserID(d.text())
		}
	}
	if d.bad {
		return nil, fmt.Errorf("%w: message %v", errRecord, id)
	}
	if len(d.rest) > 0 {
		m.Body = append(make([]byte, 0, len(d.rest)), d.rest...)
	}
	return m, nil
}

// A row of table d is keys and the ids of their messages, in no order.
const sentLen = len(chat.SendKey{}) + tickLen + indexLen

func appendSent(dst []byte, key chat.SendKey, id chat.ID) []byte {
	dst = append(dst, key[:]...)
	dst = appendTick(dst, id.Tick)
	return binary.BigEndian.AppendUint16(dst, id.Index)
}

// findSent looks for key in a row.
func findSent(row []byte, key chat.SendKey) (id chat.ID, ok bool) {
	for ; len(row) >= sentLen; row = row[sentLen:] {
		if chat.SendKey(row[:len(key)]) != key {
			continue
		}
		d := decoder{rest: row[len(key):]}
		if found := (chat.ID{Tick: d.tick(), Index: d.uint16()}); id.Less(found) {
			id, ok = found, true
		}
	}
	return id, ok
}

func appendRoom(dst []byte, r store.Room) []byte {
	dst = appendTick(dst, r.Created)
	return append(dst, r.Name...)
}

func decodeRoom(id string, record []byte) (store.Room, error) {
	d := decoder{rest: record}
	r := store.Room{ID: id, Created: d.tick()}
	if d.bad {
		return store.Room{}, fmt.Errorf("%w: room %q", errRecord, id)
	}
	r.Name = string(d.rest)
	return r, nil
}

func appendUser(dst []byte, u store.User) []byte {
	dst = appendTime(dst, u.TokensAfter)
	dst = appendTime(dst, u.BlockedUntil)
	dst = appendText(dst, u.Name)
	return appendText(dst, u.Portrait)
}

func decodeUser(id chat.UserID, record []byte) (store.User, error) {
	d := decoder{rest: record}
	u := store.User{ID: id}
	u.TokensAfter = d.time()
	u.BlockedUntil = d.time()
	u.Name = d.text()
	u.Portrait = d.text()
	if d.bad {
		return store.User{}, fmt.Errorf("%w: user %q", errRecord, id)
	}
	return u, nil
}

// appendTime keeps seconds and nanoseconds apart, so that any time survives,
// the zero time among them.
func appendTime(dst []byte, t time.Time) []byte {
	dst = binary.AppendVarint(dst, t.Unix())
	return binary.AppendUvarint(dst, uint64(t.Nanosecond()))
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

func textLen(s string) int { return uvarintLen(uint64(len(s))) + len(s) }

func uvarintLen(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

func varintLen(v int64) int { return uvarintLen(uint64(v<<1) ^ uint64(v>>63)) }

// decoder takes values off the front of rest. After the first one that is not
// there, bad is set, rest is empty and every value is zero.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) fail() { d.bad, d.rest = true, nil }

// bytes takes n bytes, which alias the record.
func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.fail()
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint16() uint16 {
	if b := d.bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) tick() chat.Tick {
	if b := d.bytes(tickLen); b != nil {
		return chat.Tick(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count takes a number of things of at least one byte each, so it is never
// larger than what is left.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return string(d.bytes(d.count())) }

func (d *decoder) time() time.Time {
	sec, nsec := d.varint(), d.uvarint()
	return time.Unix(sec, int64(nsec)).UTC()
}

// err says whether everything asked for was there.
func (d *decoder) err() error {
	if d.bad {
		return errRecord
	}
	return nil
}
