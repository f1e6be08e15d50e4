package embedded

import (
	"encoding/binary"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// The tables. The package comment has their layout. Those of the index follow
// each other, so that the tables handed to Pebble span nothing else.
const (
	tableLog     = 'c'
	tableSent    = 'd'
	tableInbox   = 'e'
	tableLogs    = 'f'
	tableIndexed = 'g'

	tableMessage   = 'm'
	tableLate      = 'l'
	tableLast      = 't'
	tableChannel   = 'k'
	tableGroup     = 'o'
	tableMember    = 'p'
	tableStay      = 's'
	tableBlacklist = 'b'
	tableReadMark  = 'r'
	tableRoom      = 'h'
	tableUser      = 'u'
	tableEntry     = 'n'
)

const (
	tickLen       = 8
	indexLen      = 2
	messageKeyLen = 1 + tickLen + indexLen
	millisPerDay  = int64(24 * time.Hour / time.Millisecond)
)

var (
	lastKey    = []byte{tableLast}
	indexedKey = []byte{tableIndexed}
)

func appendTick(dst []byte, t chat.Tick) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(t))
}

// tickAtEnd is the tick that a key of the tables c, d, e and s ends with.
func tickAtEnd(key []byte) chat.Tick {
	return chat.Tick(binary.BigEndian.Uint64(key[len(key)-tickLen:]))
}

// putMessageKey and lateKey name a message the same way.
func lateKey(id chat.ID) []byte {
	key := messageKey(id)
	key[0] = tableLate
	return key
}

func putMessageKey(dst []byte, id chat.ID) {
	dst[0] = tableMessage
	binary.BigEndian.PutUint64(dst[1:], uint64(id.Tick))
	binary.BigEndian.PutUint16(dst[1+tickLen:], id.Index)
}

func messageKey(id chat.ID) []byte {
	key := make([]byte, messageKeyLen)
	putMessageKey(key, id)
	return key
}

// messageID is the id that a key of table m names.
func messageID(key []byte) chat.ID {
	return chat.ID{
		Tick:  chat.Tick(binary.BigEndian.Uint64(key[1:])),
		Index: binary.BigEndian.Uint16(key[1+tickLen:]),
	}
}

// appendLogPrefix begins the keys of log in table c; a tick ends them.
func appendLogPrefix(dst []byte, log chat.Log) []byte {
	dst = append(dst, tableLog)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(log)))
	return append(dst, log...)
}

// appendInboxPrefix begins the keys of user in table e; a tick ends them.
func appendInboxPrefix(dst []byte, user chat.UserID) []byte {
	dst = append(dst, tableInbox)
	dst = append(dst, user...)
	return append(dst, 0)
}

// day numbers the days of send keys.
func day(t chat.Tick) uint32 { return uint32(int64(t) / millisPerDay) }

// sentDayPrefix begins the keys of day in table d.
func sentDayPrefix(day uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{tableSent}, day)
}

// appendSentPrefix begins the keys of a bucket of day in table d; a tick ends them.
func appendSentPrefix(dst []byte, day uint32, bucket uint16) []byte {
	dst = append(dst, tableSent)
	dst = binary.BigEndian.AppendUint32(dst, day)
	return binary.BigEndian.AppendUint16(dst, bucket)
}

// idKey is the key of a record that one id names.
func idKey[T ~string](table byte, id T) []byte {
	return append([]byte{table}, id...)
}

// pairPrefix begins the keys of the records that belong to id.
func pairPrefix[T ~string](table byte, id T) []byte {
	key := make([]byte, 0, len(id)+64)
	key = append(key, table)
	key = append(key, id...)
	return append(key, 0)
}

// pairKey is the key of a record that two ids name, the second of which may be a log.
func pairKey[A, B ~string](table byte, a A, b B) []byte {
	return append(pairPrefix(table, a), b...)
}

func stayKey(user chat.UserID, group string, joined chat.Tick) []byte {
	key := append(pairKey(tableStay, user, group), 0)
	return appendTick(key, joined)
}

// entryPrefix begins the keys of the entries of owner in space.
func entryPrefix(space store.Space, owner string) []byte {
	key := make([]byte, 0, 4+len(owner)+64)
	key = append(key, tableEntry, byte(space))
	key = binary.BigEndian.AppendUint16(key, uint16(len(owner)))
	return append(key, owner...)
}

func entryKey(space store.Space, owner, key string) []byte {
	return append(entryPrefix(space, owner), key...)
}

// after is the smallest key larger than every key with the given prefix, which
// is not all 0xFF.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
