package wire

import (
	"encoding/binary"
	"math"
)

// The versions of the handshake: protocolVer in the WebSocket URL.
const (
	ProtocolVer3 = 3
	ProtocolVer4 = 4
)

// The functions below append a frame to dst. The payload of a frame runs to
// its end, so a caller appends it to what they return. Texts are written as
// proper UTF-8, which every client reads; one of more than 65,535 bytes does
// not fit a frame, and handing it over is a bug that panics.

// AppendConnack appends a CONNACK, which is all of it when c.Status is not 0.
func AppendConnack(dst []byte, protocolVer int, c Connack) []byte {
	dst = append(dst, header(TypeConnack, 0, false), 0, c.Status)
	if c.Status != 0 {
		return dst
	}
	if protocolVer == ProtocolVer4 {
		dst = append(dst, connackAll)
	}
	dst = appendText(dst, c.User)
	dst = appendText(dst, c.Session)
	dst = binary.BigEndian.AppendUint64(dst, uint64(c.Time))
	if protocolVer == ProtocolVer4 {
		dst = binary.BigEndian.AppendUint16(dst, c.FirstID)
	}
	return dst
}

// AppendServerPublish appends a PUBLISH to a client; the message follows. With
// QoS 1 the client answers with a PUBACK. dup says that another device of the
// user sent the message; the client does not answer then.
func AppendServerPublish(dst []byte, qos uint8, dup bool, seconds int32, topic, target string, id uint16) []byte {
	dst = append(dst, header(TypePublish, qos, dup))
	dst = binary.BigEndian.AppendUint32(dst, uint32(seconds))
	dst = appendText(dst, topic)
	dst = appendText(dst, target)
	return binary.BigEndian.AppendUint16(dst, id)
}

// AppendPuback appends the answer to a client's PUBLISH: status is 0 or a
// chat.Code, sentMillis the tick of the message and uid its name, empty when
// there is none. Of a chat.TooFast for a client of ours, sentMillis is how long
// to wait before trying again (ServerFrame.RetryAfter).
func AppendPuback(dst []byte, id, status uint16, sentMillis int64, uid []byte) []byte {
	dst = append(dst, header(TypePuback, 0, false))
	dst = binary.BigEndian.AppendUint16(dst, id)
	dst = binary.BigEndian.AppendUint32(dst, uint32(sentMillis/1000))
	dst = binary.BigEndian.AppendUint16(dst, status)
	dst = binary.BigEndian.AppendUint16(dst, uint16(sentMillis%1000))
	return appendText(dst, uid)
}

// AppendQueryack appends the answer to a QUERY: status is 0 or a chat.Code; the
// payload follows, if any. It is QoS 0, so no QUERYCON comes back.
func AppendQueryack(dst []byte, id uint16, seconds int32, status uint16) []byte {
	dst = append(dst, header(TypeQueryack, 0, false))
	dst = binary.BigEndian.AppendUint16(dst, id)
	dst = binary.BigEndian.AppendUint32(dst, uint32(seconds))
	return binary.BigEndian.AppendUint16(dst, status)
}

// AppendPingresp appends the answer to a PINGREQ.
func AppendPingresp(dst []byte) []byte {
	return append(dst, header(TypePingresp, 0, false))
}

// AppendDisconnect appends a DISCONNECT, either way.
func AppendDisconnect(dst []byte, status uint8) []byte {
	return append(dst, header(TypeDisconnect, 0, false), 0, status)
}

// AppendClientPublish appends a PUBLISH to a server; the message follows.
func AppendClientPublish(dst []byte, qos uint8, topic, target string, id uint16) []byte {
	dst = append(dst, header(TypePublish, qos, false))
	dst = appendText(dst, topic)
	dst = appendText(dst, target)
	return binary.BigEndian.AppendUint16(dst, id)
}

// AppendQuery appends a QUERY; the request follows.
func AppendQuery(dst []byte, topic, target string, id uint16) []byte {
	dst = append(dst, header(TypeQuery, 0, false))
	dst = appendText(dst, topic)
	dst = appendText(dst, target)
	return binary.BigEndian.AppendUint16(dst, id)
}

// AppendClientPuback appends the answer to a server's PUBLISH of QoS 1.
func AppendClientPuback(dst []byte, id uint16) []byte {
	dst = append(dst, header(TypePuback, 0, false))
	return binary.BigEndian.AppendUint16(dst, id)
}

// AppendQuerycon appends the answer to a QUERYACK of QoS 1.
func AppendQuerycon(dst []byte, id uint16) []byte {
	dst = append(dst, header(TypeQuerycon, 0, false))
	return binary.BigEndian.AppendUint16(dst, id)
}

// AppendPingreq appends a PINGREQ.
func AppendPingreq(dst []byte) []byte {
	return append(dst, header(TypePingreq, 0, false))
}

func header(t Type, qos uint8, dup bool) byte {
	h := byte(t)<<4 | qos&3<<1
	if dup {
		h |= dupBit
	}
	return h
}

func appendText[T string | []byte](dst []byte, s T) []byte {
	if len(s) > math.MaxUint16 {
		panic("wire: a text of more than 65535 bytes")
	}
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(s))), s...)
}
