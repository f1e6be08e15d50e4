package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Opcodes of RFC 6455 that the generator meets.
const (
	opBinary = 2
	opClose  = 8
	opPing   = 9
	opPong   = 10
)

// maxFrame bounds what a server may send in one frame.
const maxFrame = 64 << 20

// appendFrame appends payload as one whole frame of a client, masked with key.
func appendFrame(dst []byte, op byte, payload []byte, key uint32) []byte {
	dst = append(dst, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, 0x80|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 0x80|127), uint64(n))
	}
	dst = binary.LittleEndian.AppendUint32(dst, key)
	return appendMasked(dst, payload, key)
}

// appendMasked appends payload XORed with the four bytes of key, eight bytes at
// a time.
func appendMasked(dst, payload []byte, key uint32) []byte {
	wide := uint64(key)<<32 | uint64(key)
	for len(payload) >= 8 {
		dst = binary.LittleEndian.AppendUint64(dst, binary.LittleEndian.Uint64(payload)^wide)
		payload = payload[8:]
	}
	for i, b := range payload {
		dst = append(dst, b^byte(key>>(8*(i&3))))
	}
	return dst
}

var errFragment = errors.New("the server sent a message in fragments")

// nextFrame reads the frame of a server at the start of b. size is what it
// takes of b, 0 when b does not hold all of it; payload aliases b.
func nextFrame(b []byte) (op byte, payload []byte, size int, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	if b[0]&0x80 == 0 || b[0]&15 == 0 {
		return 0, nil, 0, errFragment
	}
	if b[1]&0x80 != 0 {
		return 0, nil, 0, errors.New("the server sent a masked frame")
	}
	head, n := 2, uint64(b[1])
	switch {
	case n == 126 && len(b) >= 4:
		head, n = 4, uint64(binary.BigEndian.Uint16(b[2:]))
	case n == 127 && len(b) >= 10:
		head, n = 10, binary.BigEndian.Uint64(b[2:])
	case n >= 126:
		return 0, nil, 0, nil
	}
	if n > maxFrame {
		return 0, nil, 0, fmt.Errorf("the server sent a frame of %d bytes", n)
	}
	size = head + int(n)
	if len(b) < size {
		return 0, nil, 0, nil
	}
	return b[0] & 15, b[head:size], size, nil
}
