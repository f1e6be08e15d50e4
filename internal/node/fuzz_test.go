package node_test

import (
	"encoding/binary"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
)

// FuzzSession sends frames of any kind to a live session. The input is a byte
// that says which kind of client, and frames with their lengths before them.
// The server goes on serving others, whatever they are.
func FuzzSession(f *testing.F) {
	for i, frame := range seeds(f) {
		f.Add(join(byte(i), frame))
	}
	text := append(wire.AppendClientPublish(nil, 1, wire.TopicRoomSend, "room", 2), imtest.Text("hello", 1)...)
	for kind := range byte(2) {
		f.Add(join(kind, wire.AppendQuery(nil, wire.TopicRoomJoin, "room", 1), text, wire.AppendQuery(nil, wire.TopicRoomPull, "room", 3)))
		f.Add(join(kind, wire.AppendQuery(nil, wire.TopicPull, "mallory", 1), wire.AppendPingreq(nil), []byte{0}))
	}
	n := imtest.Start(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) == 0 {
			return
		}
		options := []imtest.DialOption{imtest.Blind()}
		if input[0]&1 != 0 {
			options = append(options, imtest.Direct())
		}
		mallory := imtest.Dial(t, n, "mallory", options...)
		for _, frame := range split(input[1:]) {
			if mallory.WriteFrame(frame) != nil {
				break // it had enough
			}
		}
		mallory.Cut()
		witness := imtest.Dial(t, n, "witness")
		if ack := witness.Send(chat.Private, "friend", "still here", 0); ack.Code != chat.OK {
			t.Errorf("the witness is acked with code %d", ack.Code)
		}
	})
}

func join(kind byte, frames ...[]byte) []byte {
	input := []byte{kind}
	for _, f := range frames {
		input = binary.BigEndian.AppendUint16(input, uint16(len(f)))
		input = append(input, f...)
	}
	return input
}

// split undoes join. A length beyond the end means: up to the end.
func split(input []byte) (frames [][]byte) {
	for len(input) > 2 {
		n := min(int(binary.BigEndian.Uint16(input)), len(input)-2)
		frames = append(frames, input[2:2+n])
		input = input[2+n:]
	}
	return frames
}
