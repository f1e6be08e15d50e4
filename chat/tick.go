package chat

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// Tick numbers one commit of a store. It is also a time in milliseconds since
// 1970, because the protocol's cursors are times: a tick is never smaller than
// the clock when it was given, and always larger than the tick before it.
// Zero is no tick; every real tick is larger.
type Tick int64

// MaxTick is the largest tick that a message id can carry (42 bits, the year 2109).
const MaxTick Tick = 1<<42 - 1

// MaxPerTick is how many operations one tick can hold (12 bits of index).
const MaxPerTick = 1 << 12

// Time is the tick as a time, to the millisecond.
func (t Tick) Time() time.Time { return time.UnixMilli(int64(t)) }

// ID is the identity of an accepted message inside its app: the tick that
// committed it and its place in that tick. IDs order as (Tick, Index).
// The zero ID is no message.
type ID struct {
	Tick  Tick
	Index uint16 // below MaxPerTick
}

// Less reports whether a comes before b in the order of the app.
func (a ID) Less(b ID) bool {
	return a.Tick < b.Tick || a.Tick == b.Tick && a.Index < b.Index
}

// uidEncoding spells five bits a character, 0-9 then A-V, so that the text
// sorts as the bits do.
var uidEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// UID is the public name of a message, the messageUId of the protocol:
// 80 bits as 16 characters in four groups, 19 bytes with the dashes. The bits
// are 42 of tick, 12 of index, 4 of conversation type and 22 of a hash of the
// conversation, so UIDs sort in the order of the app and name the send time.
type UID string

// NewUID names the message id of conversation log.
func NewUID(id ID, log Log) UID { return UID(AppendUID(make([]byte, 0, 19), id, log)) }

// AppendUID appends the 19 characters of NewUID(id, log) to dst.
func AppendUID(dst []byte, id ID, log Log) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(log)) // a hash never fails
	return appendUID(dst, id, log.Type(), h.Sum32())
}

func appendUID(dst []byte, id ID, typ ConversationType, hash uint32) []byte {
	hi := uint64(id.Tick)<<22 | uint64(id.Index&(MaxPerTick-1))<<10 | uint64(typ&15)<<6 | uint64(hash&(1<<22-1))>>16
	lo := uint16(hash)
	var raw [10]byte
	binary.BigEndian.PutUint64(raw[:8], hi)
	binary.BigEndian.PutUint16(raw[8:], lo)
	var text [16]byte
	uidEncoding.Encode(text[:], raw[:])
	for i := 0; i < 16; i += 4 {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = append(dst, text[i:i+4]...)
	}
	return dst
}

var errUID = errors.New("a messageUId is 16 characters 0-9 A-V in four groups: XXXX-XXXX-XXXX-XXXX")

// ID reads the tick and index out of the name. It fails on text that is not a UID.
func (u UID) ID() (ID, error) {
	if len(u) != 19 || u[4] != '-' || u[9] != '-' || u[14] != '-' {
		return ID{}, fmt.Errorf("%w, not %.40q", errUID, string(u))
	}
	raw, err := uidEncoding.DecodeString(strings.ReplaceAll(string(u), "-", ""))
	if err != nil || len(raw) != 10 {
		return ID{}, fmt.Errorf("%w, not %.40q", errUID, string(u))
	}
	hi := binary.BigEndian.Uint64(raw[:8])
	return ID{Tick: Tick(hi >> 22), Index: uint16(hi>>10) & (MaxPerTick - 1)}, nil
}
