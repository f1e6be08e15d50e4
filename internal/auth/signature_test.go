package auth

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// signed are the headers of a request signed with secret.
func signed(secret, nonce, timestamp string) http.Header {
	signature := Sign(secret, nonce, timestamp)
	h := http.Header{}
	h.Set("App-Key", app.Key)
	h.Set("Nonce", nonce)
	h.Set("Timestamp", timestamp)
	h.Set("Signature", hex.EncodeToString(signature[:]))
	return h
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func TestPublishedSignature(t *testing.T) {
	s := NewSignatures(App{Key: "k", Secret: "Y1W2MeFwwwRxa0"}, Strict{}, now)
	for _, prefix := range []string{"", "RC-"} {
		h := http.Header{}
		h.Set(prefix+"App-Key", "k")
		h.Set(prefix+"Nonce", "14314")
		h.Set(prefix+"Timestamp", "1408710653000")
		h.Set(prefix+"Signature", "30be0bbca9c9b2e27578701e9fda2358a814c88f")
		if err := s.Check(h, now); err != nil {
			t.Errorf("prefix %q: %v", prefix, err)
		}
		if AppKey(h) != "k" {
			t.Errorf("prefix %q: app key %q", prefix, AppKey(h))
		}
	}
}

func TestSignatureRefused(t *testing.T) {
	s := NewSignatures(app, Strict{}, now)
	for name, change := range map[string]func(http.Header){
		"no nonce":         func(h http.Header) { h.Del("Nonce") },
		"no timestamp":     func(h http.Header) { h.Del("Timestamp") },
		"no signature":     func(h http.Header) { h.Del("Signature") },
		"another nonce":    func(h http.Header) { h.Set("Nonce", "1") },
		"other timestamp":  func(h http.Header) { h.Set("Timestamp", "1") },
		"other signature":  func(h http.Header) { h.Set("Signature", strings.Repeat("0", 40)) },
		"short signature":  func(h http.Header) { h.Set("Signature", h.Get("Signature")[:38]) },
		"long signature":   func(h http.Header) { h.Set("Signature", h.Get("Signature")+"00") },
		"not hexadecimal":  func(h http.Header) { h.Set("Signature", strings.Repeat("z", 40)) },
		"long nonce":       func(h http.Header) { h.Set("Nonce", strings.Repeat("1", 65)) },
		"another secret's": func(h http.Header) { h.Set("Signature", signed("another", "n", "1").Get("Signature")) },
	} {
		h := signed(app.Secret, "nonce", millis(now))
		change(h)
		if err := s.Check(h, now); chat.CodeOf(err) != chat.NotAuthorized {
			t.Errorf("%s: %v, want %s", name, err, chat.NotAuthorized)
		}
	}
}

// An official SDK signs once and sends that for as long as it runs.
func TestLaxModeTakesOldAndRepeatedSignatures(t *testing.T) {
	s := NewSignatures(app, Strict{}, now)
	h := signed(app.Secret, "1234567890123456789", "1408710653")
	for range 3 {
		if err := s.Check(h, now); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStrictWindow(t *testing.T) {
	start := now.Add(-24 * time.Hour)
	for _, c := range []struct {
		timestamp string
		want      chat.Code
	}{
		{millis(now), chat.OK},
		{strconv.FormatInt(now.Unix(), 10), chat.OK}, // in seconds
		{millis(now.Add(-5 * time.Minute)), chat.OK},
		{millis(now.Add(5 * time.Minute)), chat.OK},
		{millis(now.Add(-5*time.Minute - time.Millisecond)), chat.NotAuthorized},
		{millis(now.Add(5*time.Minute + time.Millisecond)), chat.NotAuthorized},
		{"0", chat.NotAuthorized},
		{"-1", chat.NotAuthorized},
		{"now", chat.NotAuthorized},
		{"9223372036854775807", chat.NotAuthorized},
		{"99999999999999999999", chat.NotAuthorized},
	} {
		s := NewSignatures(app, Strict{On: true}, start)
		if err := s.Check(signed(app.Secret, "n", c.timestamp), now); chat.CodeOf(err) != c.want {
			t.Errorf("timestamp %s: %v, want %s", c.timestamp, err, c.want)
		}
	}
}

func TestStrictTakesASignatureOnce(t *testing.T) {
	s := NewSignatures(app, Strict{On: true}, now)
	check := func(nonce, timestamp string, at time.Time, want chat.Code) {
		t.Helper()
		if err := s.Check(signed(app.Secret, nonce, timestamp), at); chat.CodeOf(err) != want {
			t.Errorf("nonce %s, timestamp %s: %v, want %s", nonce, timestamp, err, want)
		}
	}
	ms := millis(now)
	check("14", ms, now, chat.OK)
	check("14", ms, now, chat.NotAuthorized)
	check("14", ms, now.Add(5*time.Minute), chat.NotAuthorized) // as long as it is in the window
	check("15", ms, now, chat.OK)
	check("14", millis(now.Add(time.Millisecond)), now, chat.OK) // only the holder of the secret can sign that
	// The pair cut elsewhere is the same signature; the window refuses it.
	check("1", "4"+ms, now, chat.NotAuthorized)
	check("14"+ms[:1], ms[1:], now, chat.NotAuthorized)
}

// A signature that does not match must not use up memory or a nonce.
func TestStrictForgetsForgeries(t *testing.T) {
	s := NewSignatures(app, Strict{On: true, Remembered: 1}, now)
	for i := range 10 {
		if err := s.Check(signed("guess", strconv.Itoa(i), millis(now)), now); chat.CodeOf(err) != chat.NotAuthorized {
			t.Fatal(err)
		}
	}
	if err := s.Check(signed(app.Secret, "1", millis(now)), now); err != nil {
		t.Error(err)
	}
}

func TestStrictMemoryIsBounded(t *testing.T) {
	const limit = 100
	s := NewSignatures(app, Strict{On: true, Window: time.Minute, Remembered: limit}, now)
	at := now
	for i := range limit {
		if err := s.Check(signed(app.Secret, strconv.Itoa(i), millis(at)), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(signed(app.Secret, "more", millis(at)), at); chat.CodeOf(err) != chat.TooFrequent {
		t.Errorf("memory is full: %v, want %s", err, chat.TooFrequent)
	}
	if err := s.Check(signed(app.Secret, "0", millis(at)), at); chat.CodeOf(err) != chat.NotAuthorized {
		t.Errorf("a second use while full: %v, want %s", err, chat.NotAuthorized)
	}
	at = now.Add(2*time.Minute + time.Second)
	if err := s.Check(signed(app.Secret, "more", millis(at)), at); err != nil {
		t.Errorf("after the window: %v", err)
	}
	if s.seen.count != 1 || len(s.seen.spans) != 1 {
		t.Errorf("remembers %d signatures in %d spans, want 1 in 1", s.seen.count, len(s.seen.spans))
	}
}

// Whatever the clock does, no signature is taken twice.
func TestStrictSurvivesTheClock(t *testing.T) {
	s := NewSignatures(app, Strict{On: true}, now)
	taken := map[string]bool{}
	clock := now
	for i, step := range []time.Duration{0, time.Minute, time.Hour, -time.Hour, -time.Minute, 4 * time.Minute, 10 * time.Minute, -10 * time.Minute, 2 * time.Hour, -2 * time.Hour} {
		clock = clock.Add(step)
		for _, signedAt := range []time.Time{now, now.Add(time.Minute), now.Add(4 * time.Minute), clock} {
			key := fmt.Sprint(signedAt.UnixMilli())
			err := s.Check(signed(app.Secret, "n", millis(signedAt)), clock)
			if err == nil && taken[key] {
				t.Errorf("step %d: the signature of %s was taken twice", i, signedAt)
			}
			taken[key] = taken[key] || err == nil
		}
	}
}

func TestStrictRefusesWhatIsOlderThanTheProcess(t *testing.T) {
	s := NewSignatures(app, Strict{On: true}, now)
	if err := s.Check(signed(app.Secret, "n", millis(now.Add(-time.Second))), now); chat.CodeOf(err) != chat.NotAuthorized {
		t.Errorf("signed before the start: %v", err)
	}
	if err := s.Check(signed(app.Secret, "n", strconv.FormatInt(now.Unix(), 10)), now); err != nil {
		t.Errorf("signed in the second of the start: %v", err)
	}
}

func TestGenerate(t *testing.T) {
	a, b := Generate(), Generate()
	if err := a.Validate(); err != nil {
		t.Error(err)
	}
	if a.Key == b.Key || a.Secret == b.Secret || len(a.Key) != 13 || len(a.Secret) != 26 {
		t.Errorf("generated %+v and %+v", a, b)
	}
}

func TestValidate(t *testing.T) {
	for _, bad := range []App{
		{"", "long enough"}, {strings.Repeat("k", 65), "long enough"}, {"a/b", "long enough"},
		{"..", "long enough"}, {"a b", "long enough"}, {"é", "long enough"}, {"key", ""}, {"key", "1234567"},
	} {
		err := bad.Validate()
		if err == nil {
			t.Errorf("%+v is valid", bad)
		} else if bad.Secret != "" && strings.Contains(err.Error(), bad.Secret) {
			t.Errorf("the error %q tells the secret", err)
		}
	}
	if err := app.Validate(); err != nil {
		t.Error(err)
	}
}
