package imlib

import (
	"errors"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// Codes that only a client meets: why a server refuses or ends a connection.
// The numbers are the protocol's.
const (
	Redirected        chat.Code = 31006 // connect to another server; the client does it by itself
	LoggedInElsewhere chat.Code = 31010 // another login of the user took the place of this one
	EndedByServer     chat.Code = 31011 // the app's server ended the connection
	AccountCancelled  chat.Code = 31029
	LicenceExpired    chat.Code = 31030
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
	wire.DisconnectKicked: LoggedInElsewhere, wire.DisconnectError: EndedByServer, disconnectEnded: EndedByServer,
	wire.DisconnectElsewhere: Redirected, wire.DisconnectExpired: chat.TokenExpired,
	wire.DisconnectVersion: chat.ProtocolVersion, wire.DisconnectNoMoreUser: AccountCancelled,
}

// disconnectEnded is another status for wire.DisconnectError, which other servers use.
const disconnectEnded = 5

var clientCodeText = map[chat.Code]string{
	Redirected: "connect to another server", LoggedInElsewhere: "the user logged in elsewhere",
	EndedByServer: "ended by the app's server", AccountCancelled: "the account was cancelled",
	LicenceExpired: "the licence expired", chat.TokenIncorrect: "the token is not valid for this app",
	chat.TokenExpired: "the token expired", chat.UserBlocked: "the user is blocked",
	chat.AppBlocked: "the app is blocked or unknown",
}

// refusal is a code of the server as an error that a person understands.
func refusal(code chat.Code, what string) error {
	text, ok := clientCodeText[code]
	if !ok {
		text = code.String()
	}
	return chat.Errorf(code, "%s: %s (%d)", what, text, code)
}
