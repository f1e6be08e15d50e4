package auth

import (
	"crypto/sha1" // the published rule of the Server API
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Strict says how an app refuses signed requests that are late or come twice.
// It is off unless an app asks for it: one official server SDK signs once and
// sends the same nonce and timestamp for as long as its process lives.
//
// A signature covers the secret, the nonce and the timestamp, not what is
// asked for. So strict mode makes each signature good for one request; it does
// not detect that a request was changed on its way. Use TLS for that.
type Strict struct {
	// On turns strict mode on.
	On bool

	// Window is how far a timestamp may be from the server's clock, either
	// way. 0 means 5 minutes.
	Window time.Duration

	// Remembered is how many signatures are kept to recognise a second use,
	// some 40 bytes each. Each is kept for as long as its timestamp is within
	// the window, 2*Window at most. When the memory is full, further requests
	// are refused with chat.TooFrequent rather than let in unseen, until some
	// are out of the window. 0 means 500,000: 800 requests a second.
	Remembered int
}

// Signatures checks the signatures of one app's requests.
type Signatures struct {
	secret string
	window time.Duration // 0 is not strict
	seen   *replays
}

// NewSignatures returns the check for app. In strict mode requests with a
// timestamp before the second of now are refused too: what was remembered of
// them is gone with the process before this one.
func NewSignatures(app App, strict Strict, now time.Time) *Signatures {
	s := &Signatures{secret: app.Secret}
	if !strict.On {
		return s
	}
	s.window = strict.Window
	if s.window <= 0 {
		s.window = 5 * time.Minute
	}
	limit := strict.Remembered
	if limit <= 0 {
		limit = 500_000
	}
	s.seen = newReplays(s.window, limit, now)
	return s
}

// AppKey is the app key that a request names, empty when it names none.
func AppKey(h http.Header) string { return header(h, "App-Key") }

// Each header may come with the prefix RC-.
func header(h http.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	return h.Get("RC-" + name)
}

// maxSigned bounds nonce and timestamp. The documented limit of a nonce is 18
// characters, and official SDKs send 19.
const maxSigned = 64

// Check returns nil when the headers carry a signature made with the app's
// secret: the SHA-1 of secret, nonce and timestamp, in hexadecimal. In strict
// mode it also has to be within the window and a first use, and is then used
// up. The error is a *chat.Error with code NotAuthorized, or TooFrequent when
// the memory of strict mode is full.
func (s *Signatures) Check(h http.Header, now time.Time) error {
	nonce, timestamp, signature := header(h, "Nonce"), header(h, "Timestamp"), header(h, "Signature")
	for _, f := range []struct{ name, value string }{{"Nonce", nonce}, {"Timestamp", timestamp}, {"Signature", signature}} {
		if f.value == "" || len(f.value) > maxSigned {
			return chat.Errorf(chat.NotAuthorized, "header %s is %d characters, not 1 to %d", f.name, len(f.value), maxSigned)
		}
	}
	want := Sign(s.secret, nonce, timestamp)
	got, err := hex.DecodeString(signature)
	if err != nil || subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return chat.Errorf(chat.NotAuthorized, "signature does not match")
	}
	if s.window == 0 {
		return nil
	}
	signed, err := signedAt(timestamp)
	if err != nil {
		return err
	}
	if away := now.Sub(signed).Abs(); away > s.window {
		return chat.Errorf(chat.NotAuthorized, "timestamp is %s from the server's clock, over %s", away.Round(time.Second), s.window)
	}
	// The signature is the hash of nonce and timestamp run together. It is what
	// is remembered, because the pair could be cut at another place.
	return s.seen.use(want, signed, now)
}

// Sign is the signature, before it is spelt in hexadecimal.
func Sign(secret, nonce, timestamp string) [sha1.Size]byte {
	return sha1.Sum([]byte(secret + nonce + timestamp))
}

// signedAt reads a timestamp: milliseconds as documented, or the seconds that
// official SDKs send.
func signedAt(timestamp string) (time.Time, error) {
	n, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, chat.Errorf(chat.NotAuthorized, "header Timestamp is not a number")
	}
	// 10^11 is the year 5138 in seconds and 1973 in milliseconds.
	if n < 1e11 {
		return time.Unix(n, 0), nil
	}
	return time.UnixMilli(n), nil
}
