package bench

import (
	"bytes"
	"io"
	"testing"

	"github.com/gobwas/ws"
)

var sizes = []int{0, 1, 7, 8, 9, 125, 126, 200, 65535, 65536, 100_000}

func payloadOf(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

// Another implementation reads what we write, and we read what it writes.
func TestFramesAreThoseOfTheStandard(t *testing.T) {
	for _, size := range sizes {
		want := payloadOf(size)
		ours := bytes.NewReader(appendFrame(nil, opBinary, want, 0x9e3779b9))
		h, err := ws.ReadHeader(ours)
		if err != nil || !h.Masked || !h.Fin || h.OpCode != ws.OpBinary || h.Length != int64(ours.Len()) {
			t.Fatalf("%d bytes: %+v, %v", size, h, err)
		}
		got, _ := io.ReadAll(ours) // from memory
		if ws.Cipher(got, h.Mask, 0); !bytes.Equal(got, want) {
			t.Errorf("%d bytes do not survive the mask", size)
		}

		var b bytes.Buffer
		if err := ws.WriteFrame(&b, ws.NewBinaryFrame(want)); err != nil {
			t.Fatal(err)
		}
		op, payload, n, err := nextFrame(append(b.Bytes(), "next"...))
		if op != opBinary || !bytes.Equal(payload, want) || n != b.Len() || err != nil {
			t.Errorf("%d bytes: read op %d, %d bytes, size %d, %v", size, op, len(payload), n, err)
		}
		for _, cut := range []int{0, 1, 2, 3, 9, b.Len() - 1} {
			if _, _, n, err := nextFrame(b.Bytes()[:min(cut, b.Len()-1)]); n != 0 || err != nil {
				t.Errorf("%d bytes cut to %d: size %d, %v", size, cut, n, err)
			}
		}
	}
}

func TestFramesThatNoServerMaySendAreRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"a fragment":      {0x02, 1, 'x'},
		"a continuation":  {0x80, 1, 'x'},
		"a masked frame":  appendFrame(nil, opBinary, []byte("x"), 1),
		"an endless size": {0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0},
	} {
		if _, _, _, err := nextFrame(b); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzNextFrame(f *testing.F) {
	f.Add([]byte{0x82, 1, 'x'})
	f.Add([]byte{0x82, 126, 0, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, payload, n, err := nextFrame(b)
		if n > len(b) || len(payload) > n || err != nil && n != 0 {
			t.Errorf("payload %d, size %d of %d, %v", len(payload), n, len(b), err)
		}
	})
}
