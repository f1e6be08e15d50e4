package imlib

import (
	"errors"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// ErrClosed is what a client returns after Close.
var ErrClosed = errors.New("the client is closed")

// connackError is why a server with this CONNACK status refuses us; nil for 0.
func connackError(status uint8) error {
	var code chat.Code
	switch {
	case status == 0:
		return nil
	case status <= 9:
		code = 31000 + chat.Code(status)
	case status <= 20:
		code = 31010 + chat.Code(status)
	default:
		return chat.Errorf(chat.ServerUnavailable, "the server refused the connection with status %d", status)
	}
	return refusal(code, "the server refused the connection")
}

// disconnectError is why a server that sends this DISCONNECT status ends the
// connection. A status without a meaning is a lost connection like any other.
func disconnectError(status uint16) error {
	code, ok := disconnectCodes[status]
	if !ok {
		return chat.Errorf(chat.ServerUnavailable, "the server ended the connection with status %d", status)
	}
	return refusal(code, "the server ended the connection")
}

var disconnectCodes = map[uint16]chat.Code{
	wire.DisconnectKicked: chat.Kicked, wire.DisconnectError: chat.EndedByServer, disconnectEnded: chat.EndedByServer,
	wire.DisconnectElsewhere: chat.Redirected, wire.DisconnectExpired: chat.TokenExpired,
	wire.DisconnectVersion: chat.ProtocolVersion, wire.DisconnectNoMoreUser: chat.AccountCancelled,
}

// disconnectEnded is another status for wire.DisconnectError, which other servers use.
const disconnectEnded = 5

// refusal is a code of the server as an error that a person understands.
func refusal(code chat.Code, what string) *chat.Error {
	text := code.English()
	if text == "" {
		text = code.String()
	}
	return chat.Errorf(code, "%s: %s (%d)", what, text, code)
}
