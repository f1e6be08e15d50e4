package bench

import (
	"slices"
	"testing"
)

func TestOrderTellsWhatHappened(t *testing.T) {
	for _, tc := range []struct {
		name string
		seqs []uint32
		want []arrival
	}{
		{"in order", []uint32{0, 1, 2}, []arrival{inOrder, inOrder, inOrder}},
		{"twice", []uint32{0, 0, 1, 1}, []arrival{inOrder, again, inOrder, again}},
		{"swapped", []uint32{1, 0, 2}, []arrival{early, late, inOrder}},
		{"late and twice", []uint32{0, 3, 1, 1, 4, 2}, []arrival{inOrder, early, late, again, inOrder, late}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var o order
			var got []arrival
			for _, seq := range tc.seqs {
				got = append(got, o.take(seq))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestContentCarriesItsNumbers(t *testing.T) {
	content := newContent(0xfeedbeef)
	if got := len(content) - len(contentHead) - len(contentTail); got != textSize {
		t.Errorf("the text has %d bytes, want %d", got, textSize)
	}
	message := slices.Clone(content)
	putHex(message[talkAt:], 7)
	putHex(message[seqAt:], 0x01234567)
	if talk, seq, ok := numbersOf(content, message); talk != 7 || seq != 0x01234567 || !ok {
		t.Errorf("read %d, %#x, %t", talk, seq, ok)
	}
	for _, at := range []int{0, loadAt, talkAt, seqAt, fillAt, len(message) - 1} {
		broken := slices.Clone(message)
		broken[at] ^= 0x40
		if _, _, ok := numbersOf(content, broken); ok {
			t.Errorf("a content with another byte %d is taken for ours", at)
		}
	}
	if _, _, ok := numbersOf(content, message[:20]); ok {
		t.Error("a short content is taken for ours")
	}
}

func TestANameIsOneName(t *testing.T) {
	var m message
	if !m.named(nil) || !m.named([]byte("A")) || !m.named([]byte("A")) || m.named([]byte("B")) || !m.named(nil) {
		t.Error("a message has the first name it was given, and no other")
	}
}
