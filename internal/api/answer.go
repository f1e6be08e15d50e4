package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/hongyan-im/hongyan/chat"
)

// fields are what an answer says besides its code.
type fields map[string]any

// with adds a field. Fields may be nil.
func (f fields) with(name string, value any) fields {
	if f == nil {
		f = fields{}
	}
	f[name] = value
	return f
}

func write(w http.ResponseWriter, status int, answer fields) {
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller has gone: nobody is left to tell
}

// The body codes of the Server API.
const (
	codeInternal  = 1000
	codeParameter = 1002
	codeSignature = 1004
	codeLength    = 1005
	codeFrequent  = 1008
	codeDisabled  = 1009
)

// refusal is an error as the Server API spells it.
type refusal struct {
	status int // of HTTP
	code   int // of the body
	reason string
}

func (r *refusal) Error() string { return r.reason }

// refusalOf translates an error. The reason of what is our fault is withheld.
func refusalOf(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	no := refusal{status: http.StatusInternalServerError, code: codeInternal, reason: "internal error"}
	switch chat.CodeOf(err) {
	case chat.BadParameter, chat.BadMessage, chat.UnsupportedType, chat.ChatroomParameter, chat.TooManyEntries, chat.Blocked,
		chat.EditUnsupported, chat.ExpansionDenied, chat.ExpansionFormat:
		no.status, no.code = http.StatusBadRequest, codeParameter
	case chat.UltraGroupMissing, chat.UltraGroupsFull, chat.NotInUltraGroup, chat.ChannelMissing, chat.ChannelsFull:
		no.status, no.code = http.StatusBadRequest, int(chat.CodeOf(err))
	case chat.TooBig:
		no.status, no.code = http.StatusBadRequest, codeLength
	case chat.NotAuthorized:
		no.status, no.code = http.StatusUnauthorized, codeSignature
	case chat.TooFrequent, chat.TooFast:
		no.status, no.code = http.StatusTooManyRequests, codeFrequent
	case chat.NotSupported:
		no.status, no.code = 430, codeDisabled // a status of the Server API's own
	case chat.StoreUnavailable, chat.ServerUnavailable:
		no.status, no.reason = http.StatusServiceUnavailable, "try again"
		return &no
	default:
		return &no
	}
	if coded, ok := errors.AsType[*chat.Error](err); ok && coded.Reason != "" {
		no.reason = coded.Reason
	}
	return &no
}
