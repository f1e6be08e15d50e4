package bench

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"strings"
	"time"
)

// Faults counts what must not happen. The zero value is a clean run.
type Faults struct {
	Lost       int `json:"lost"`       // acked, but a receiver did not get it in time
	Repeated   int `json:"repeated"`   // a receiver got it more than once
	Reordered  int `json:"reordered"`  // a receiver got it after a later one of the same conversation
	WrongUID   int `json:"wrongUId"`   // the ack and a delivery name the message differently
	Misrouted  int `json:"misrouted"`  // reached somebody who is not in the conversation
	Damaged    int `json:"damaged"`    // not a message of this load, or not as it was sent
	Refused    int `json:"refused"`    // answered with a status other than success
	Unanswered int `json:"unanswered"` // never acked

	First string `json:"first,omitempty"` // the first fault, in words
}

// Any reports whether there is a fault.
func (f Faults) Any() bool { return f.First != "" }

// String names what was counted; it is "none" for a clean run.
func (f Faults) String() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{
		{f.Lost, "lost"},
		{f.Repeated, "repeated"},
		{f.Reordered, "reordered"},
		{f.WrongUID, "with two messageUIds"},
		{f.Misrouted, "misrouted"},
		{f.Damaged, "damaged"},
		{f.Refused, "refused"},
		{f.Unanswered, "unanswered"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ") + " (first: " + f.First + ")"
}

func (f *Faults) note(count *int, format string, args ...any) {
	*count++
	if f.First == "" {
		f.First = fmt.Sprintf(format, args...)
	}
}

// order follows the numbers of one conversation as one receiver gets them.
type order struct {
	next    uint32
	missing map[uint32]struct{} // numbers below next that did not come yet
}

type arrival int

const (
	inOrder arrival = iota
	early           // some before it are missing
	late            // a later one came before it
	again           // it came before
)

func (o *order) take(seq uint32) arrival {
	switch {
	case seq == o.next:
		o.next++
		return inOrder
	case seq > o.next:
		if o.missing == nil {
			o.missing = map[uint32]struct{}{}
		}
		for ; o.next < seq; o.next++ {
			o.missing[o.next] = struct{}{}
		}
		o.next++
		return early
	}
	if _, ok := o.missing[seq]; ok {
		delete(o.missing, seq)
		return late
	}
	return again
}

// message is what the load remembers of a message it sent.
type message struct {
	sent  time.Duration // since the load began
	uid   uint64        // a hash of the name it has, 0 while nobody told it
	left  uint16        // receivers who did not get it yet
	acked bool
}

var uidSeed = maphash.MakeSeed()

// named reports whether uid is the name of m, as far as it was told before. A
// server without names passes an empty uid.
func (m *message) named(uid []byte) bool {
	if len(uid) == 0 {
		return true
	}
	h := maphash.Bytes(uidSeed, uid) | 1 // 0 means not told
	if m.uid == 0 {
		m.uid = h
	}
	return m.uid == h
}

// conversation is one sender and those who should receive what it sends.
type conversation struct {
	index     uint32
	kind      kind
	target    string // the receiver's id, or that of the group or the room
	sender    *client
	receivers uint16

	messages []message     // by number
	limit    uint32        // send no number from this on
	inFlight int           // sent, and the next has to wait for it
	due      time.Duration // when the next is to be sent, of a workload that sends by the clock
}

// kind is what a conversation is between.
type kind byte

const (
	pair kind = iota
	group
	room
)

// textSize is the length of a message's text, in bytes.
const textSize = 200

// A content is the JSON of a text message. Its text begins with three numbers
// of eight hexadecimal digits: the load, the conversation, the message.
const (
	contentHead = `{"content":"`
	contentTail = `"}`
	loadAt      = len(contentHead)
	talkAt      = loadAt + 9
	seqAt       = talkAt + 9
	fillAt      = seqAt + 8
)

// newContent is a content with the numbers still to be written.
func newContent(load uint32) []byte {
	filler := strings.Repeat(" the wild goose carries letters", 1+textSize/30)
	text := "00000000 00000000 00000000" + filler
	content := []byte(contentHead + text[:textSize] + contentTail)
	putHex(content[loadAt:], load)
	return content
}

// numbersOf reads conversation and number out of a content that was made from
// template. ok is false for any other content.
func numbersOf(template, content []byte) (talk, seq uint32, ok bool) {
	if len(content) != len(template) || !bytes.Equal(content[:talkAt], template[:talkAt]) ||
		!bytes.Equal(content[fillAt:], template[fillAt:]) {
		return 0, 0, false
	}
	talk, ok1 := getHex(content[talkAt:])
	seq, ok2 := getHex(content[seqAt:])
	return talk, seq, ok1 && ok2
}

const hexDigits = "0123456789abcdef"

// putHex writes v over the first eight bytes of b.
func putHex(b []byte, v uint32) {
	for i := 7; i >= 0; i-- {
		b[i] = hexDigits[v&15]
		v >>= 4
	}
}

// getHex reads what putHex wrote.
func getHex(b []byte) (v uint32, ok bool) {
	for _, c := range b[:8] {
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | uint32(c-'0')
		case 'a' <= c && c <= 'f':
			v = v<<4 | uint32(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
