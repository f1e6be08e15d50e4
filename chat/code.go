package chat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Code is the result of an operation as a client sees it. The numbers are the
// protocol's, so an official client shows the name it always showed.
//
// A Code is an error only to be compared with: errors.Is(err, NotInGroup) says
// whether err is, or wraps, an *Error of that code. Errors that are returned
// are always *Error, which says more.
type Code uint16

// codeText says what a code means.
type codeText struct{ name, english, chinese string }

// String is the word of the code, used in logs and metric labels.
func (c Code) String() string {
	if s, ok := codeWords[c]; ok {
		return s
	}
	return fmt.Sprintf("code-%d", uint16(c))
}

// Error is String.
func (c Code) Error() string { return c.String() }

// Name is what official SDKs call the code, empty for one that is not here.
func (c Code) Name() string { return codeTexts[c].name }

// English says what the code means in a few words, empty for one that is not here.
func (c Code) English() string { return codeTexts[c].english }

// Chinese is English in Chinese.
func (c Code) Chinese() string { return codeTexts[c].chinese }

// Codes lists every code of this server, in no particular order.
func Codes() []Code {
	all := make([]Code, 0, len(codeWords))
	for c := range codeWords {
		all = append(all, c)
	}
	return all
}

// Error is a refusal with the code that tells the peer why. Reason is for the
// peer and names the field and the limit; Err is for our log only.
type Error struct {
	Code   Code
	Reason string
	Err    error

	// RetryAfter is how long to wait before the same may succeed; 0 is not known.
	RetryAfter time.Duration
}

// Errorf is an Error whose reason is formatted.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// Error is the reason, with the cause behind it where there is one.
func (e *Error) Error() string {
	text := e.Reason
	if text == "" {
		text = e.Code.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is reports whether target is the code of e.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code that err carries: OK for nil, that of the first *Error
// in its chain, ServerUnavailable for a context that ended, else Internal.
func CodeOf(err error) Code {
	var coded *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ServerUnavailable
	}
	return Internal
}
