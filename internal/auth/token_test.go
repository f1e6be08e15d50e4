package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

var (
	app = App{Key: "hongyan-dev", Secret: "hongyan-dev-secret"}
	now = time.Date(2025, 6, 1, 12, 0, 0, 123_000_000, time.UTC)
)

func newTokens(t testing.TB, a App) *Tokens {
	t.Helper()
	tokens, err := NewTokens(a)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func issue(t testing.TB, tokens *Tokens, user chat.UserID, life time.Duration) string {
	t.Helper()
	token, err := tokens.Issue(user, now, life)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokenSaysWhoItIsOf(t *testing.T) {
	tokens := newTokens(t, app)
	for _, user := range []chat.UserID{"alice", "鸿雁", "a@b;c d/é?&=+", chat.UserID(strings.Repeat("\"", 64)), chat.UserID(strings.Repeat("<", 64))} {
		token := issue(t, tokens, user, 0)
		if url.QueryEscape(token) != token || strings.Contains(token, "@") {
			t.Errorf("token %q needs escaping in a URL", token)
		}
		c, err := tokens.Verify(token, now.Add(100*365*24*time.Hour))
		if err != nil {
			t.Fatalf("%q: %v", user, err)
		}
		if c.User != user || !c.Issued.Equal(now) || !c.Expires.IsZero() {
			t.Errorf("%q: claims are %+v", user, c)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	tokens := newTokens(t, app)
	token := issue(t, tokens, "alice", 1500*time.Millisecond)
	for _, c := range []struct {
		after time.Duration
		want  chat.Code
	}{
		{0, chat.OK},
		{1500 * time.Millisecond, chat.OK}, // expiry is to the second, rounded up
		{1877 * time.Millisecond, chat.TokenExpired},
		{time.Hour, chat.TokenExpired},
	} {
		if _, err := tokens.Verify(token, now.Add(c.after)); chat.CodeOf(err) != c.want {
			t.Errorf("after %s: %v, want %s", c.after, err, c.want)
		}
	}
}

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestTokenRefused(t *testing.T) {
	tokens := newTokens(t, app)
	good := issue(t, tokens, "alice", 0)
	parts := strings.Split(good, ".")
	claims := payload{App: app.Key, Issued: now.UnixMilli()}
	claims.Subject = "alice"
	sign := func(method jwt.SigningMethod, key any, claims payload) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, nobody := claims, claims
	foreign.App = "another"
	nobody.Subject = ""
	for name, token := range map[string]string{
		"empty":                   "",
		"not a token":             "tok-alice",
		"two parts":               parts[0] + "." + parts[1],
		"no signature":            parts[0] + "." + parts[1] + ".",
		"another signature":       parts[0] + "." + parts[1] + "." + segment(strings.Repeat("x", 32)),
		"other claims":            parts[0] + "." + segment(`{"app":"hongyan-dev","sub":"bob","ms":1}`) + "." + parts[2],
		"method none":             sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims),
		"method None":             segment(`{"alg":"None","typ":"JWT"}`) + "." + parts[1] + ".",
		"no method":               segment(`{"typ":"JWT"}`) + "." + parts[1] + "." + parts[2],
		"method HS512, own key":   sign(jwt.SigningMethodHS512, tokens.key, claims),
		"method ES256":            sign(jwt.SigningMethodES256, ec, claims),
		"method RS256 said":       segment(`{"alg":"RS256"}`) + "." + parts[1] + "." + parts[2],
		"app secret as key":       sign(jwt.SigningMethodHS256, []byte(app.Secret), claims),
		"foreign app, own key":    sign(jwt.SigningMethodHS256, tokens.key, foreign),
		"foreign app, same text":  issue(t, newTokens(t, App{Key: "another", Secret: app.Secret}), "alice", 0),
		"same app, other secret":  issue(t, newTokens(t, App{Key: app.Key, Secret: "another-secret"}), "alice", 0),
		"no user":                 sign(jwt.SigningMethodHS256, tokens.key, nobody),
		"something after":         good + "A",
		"cut at the end":          good[:len(good)-1],
		"padded":                  good + "=",
		"host list as of old":     good + "@host",
		"too long":                good + strings.Repeat("A", maxToken),
		"newline":                 good + "\n",
		"forged expiry of 'none'": segment(`{"alg":"none"}`) + "." + segment(`{"app":"hongyan-dev","sub":"alice","ms":1,"exp":9999999999}`) + ".",
	} {
		if _, err := tokens.Verify(token, now); chat.CodeOf(err) != chat.TokenIncorrect {
			t.Errorf("%s: %v, want %s", name, err, chat.TokenIncorrect)
		}
	}
}

// The last character of a base64 text can have spare bits: a token must have
// one spelling only.
func TestTokenHasOneSpelling(t *testing.T) {
	tokens := newTokens(t, app)
	good := issue(t, tokens, "alice", 0)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	accepted := 0
	for _, last := range alphabet {
		if _, err := tokens.Verify(good[:len(good)-1]+string(last), now); err == nil {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d spellings of one token are accepted", accepted)
	}
}

func TestAdmit(t *testing.T) {
	c := Claims{User: "alice", Issued: now}
	for name, tc := range map[string]struct {
		user store.User
		want chat.Code
	}{
		"unknown user":            {store.User{}, chat.OK},
		"revoked before":          {store.User{TokensAfter: now.Add(-time.Millisecond)}, chat.OK},
		"revoked at the same ms":  {store.User{TokensAfter: now}, chat.TokenIncorrect},
		"revoked later":           {store.User{TokensAfter: now.Add(time.Millisecond)}, chat.TokenIncorrect},
		"block is over":           {store.User{BlockedUntil: now}, chat.OK},
		"blocked":                 {store.User{BlockedUntil: now.Add(time.Millisecond)}, chat.UserBlocked},
		"revoked before blocked ": {store.User{TokensAfter: now, BlockedUntil: now.Add(time.Hour)}, chat.TokenIncorrect},
	} {
		if err := Admit(c, tc.user, now); chat.CodeOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

// No text but what Issue made is accepted, and none makes Verify fail otherwise.
func FuzzVerify(f *testing.F) {
	tokens := newTokens(f, app)
	good := issue(f, tokens, "alice", time.Hour)
	for _, seed := range []string{"", ".", "..", "a.b.c", good, good[:20], segment(`{"alg":"none"}`) + "..", strings.Replace(good, ".", "@", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, err := tokens.Verify(token, now)
		switch {
		case err == nil && (token != good || c.User != "alice"):
			t.Errorf("%q was accepted as %+v", token, c)
		case err != nil && chat.CodeOf(err) != chat.TokenIncorrect:
			t.Errorf("%q: %v", token, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	tokens := newTokens(b, app)
	token := issue(b, tokens, "alice", time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Verify(token, now); err != nil {
			b.Fatal(err)
		}
	}
}
