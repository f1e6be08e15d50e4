package wire_test

import (
	"bytes"
	"reflect"
	"runtime/metrics"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/wire"
)

// seed adds the bytes of every vector in files.
func seed(f *testing.F, files ...string) {
	for _, file := range files {
		for _, v := range readVectors(f, file) {
			f.Add(v.bytes(f))
		}
	}
}

func FuzzClientFrame(f *testing.F) {
	seed(f, "client.json", "client-malformed.json")
	f.Fuzz(func(t *testing.T, b []byte) {
		var first, second wire.ClientFrame
		var err error
		input := slices.Clone(b)
		bounded(t, len(b), frameCost, func() { err = first.Decode(b) })
		if !bytes.Equal(b, input) {
			t.Fatal("decoding changed its input")
		}
		if err != nil {
			return
		}
		encoded := encodeClient(&first)
		if err := second.Decode(encoded); err != nil {
			t.Fatalf("%+v encodes to %x: %v", first, encoded, err)
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v became %+v", first, second)
		}
	})
}

func FuzzServerFrame(f *testing.F) {
	for _, file := range []string{"server.json", "server-malformed.json"} {
		for _, v := range readVectors(f, file) {
			f.Add(v.bytes(f), v.protocolVer() == wire.ProtocolVer4)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, four bool) {
		version := wire.ProtocolVer3
		if four {
			version = wire.ProtocolVer4
		}
		var first, second wire.ServerFrame
		var err error
		bounded(t, len(b), frameCost, func() { err = first.Decode(b, version) })
		if err != nil {
			return
		}
		encoded := encodeServer(&first, version)
		if err := second.Decode(encoded, version); err != nil {
			t.Fatalf("%+v encodes to %x: %v", first, encoded, err)
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v became %+v", first, second)
		}
	})
}

// FuzzPayload gives every input to every message, because a peer may send any
// bytes under any topic.
func FuzzPayload(f *testing.F) {
	seed(f, "payload.json", "payload-malformed.json")
	f.Add(bytes.Repeat([]byte{0x0a, 0}, 4096)) // a list of empty messages
	names := payloadNames()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, name := range names {
			fuzzPayload(t, name, b)
		}
	})
}

func fuzzPayload(t *testing.T, name string, b []byte) {
	first, second := newPayload(t, name), newPayload(t, name)
	var err error
	bounded(t, len(b), payloadCost, func() {
		proto.Reset(first)
		err = first.UnmarshalVT(b)
	})
	if err != nil {
		return
	}
	encoded, err := first.MarshalVT()
	if err != nil {
		t.Fatalf("%s decodes from %x but does not encode: %v", name, b, err)
	}
	if len(encoded) != first.SizeVT() {
		t.Fatalf("%s encodes to %d bytes, its size is %d", name, len(encoded), first.SizeVT())
	}
	if err := second.UnmarshalVT(encoded); err != nil {
		t.Fatalf("%s encodes to %x: %v", name, encoded, err)
	}
	again, err := second.MarshalVT()
	if err != nil || !bytes.Equal(encoded, again) {
		t.Fatalf("%s encodes to %x, then to %x: %v", name, encoded, again, err)
	}
}

// How many bytes a decoder may allocate for a byte of input. A frame is copied
// at most once. A payload may be a list of empty messages of two bytes each, of
// which the largest takes 100 bytes of memory for each of its own.
const (
	frameCost   = 2
	payloadCost = 128
	// allocSlack is for the error, and because the runtime counts in spans.
	allocSlack = 1 << 14
)

// bounded runs decode and fails when it allocates more than cost bytes for each
// byte of its input. Others allocate at the same time, so only a decoder that
// is over the bound every time is at fault.
func bounded(t *testing.T, input, cost int, decode func()) {
	t.Helper()
	var least uint64
	for range 5 {
		before := allocated()
		decode()
		least = allocated() - before
		if least <= uint64(input*cost+allocSlack) {
			return
		}
	}
	t.Fatalf("%d bytes of input made the decoder allocate %d", input, least)
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
