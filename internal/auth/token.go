package auth

import (
	"crypto/hkdf"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// maxToken bounds what Verify looks at. The longest token that Issue makes,
// for a user id of 64 bytes that JSON has to escape, is about 800 bytes.
const maxToken = 1024

// Claims are what a token says.
type Claims struct {
	User    chat.UserID
	Issued  time.Time // to the millisecond
	Expires time.Time // to the second; zero is never
}

// Tokens makes and checks the tokens of one app. A token is a JWT, so it holds
// neither '@', which official clients would cut it at, nor anything else that
// a URL escapes.
type Tokens struct {
	app    string
	key    []byte
	parser *jwt.Parser
}

// NewTokens returns the tokens of app.
func NewTokens(app App) (*Tokens, error) {
	// The secret also signs requests of the Server API. A key of their own
	// keeps the two uses from ever being mistaken for each other.
	key, err := hkdf.Key(sha256.New, []byte(app.Secret), nil, "hongyan user token", sha256.Size)
	if err != nil {
		return nil, err
	}
	return &Tokens{
		app: app.Key,
		key: key,
		// One method only: a token cannot choose "none" or a weaker one. The
		// time checks are in Verify, which is told what time it is.
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation()),
	}, nil
}

// payload is the body of the JWT. The issue time has a name of its own because
// the registered iat is in seconds, and /user/token/expire is in milliseconds.
type payload struct {
	App    string `json:"app"`
	Issued int64  `json:"ms"`
	jwt.RegisteredClaims
}

// Issue returns a new token for user. It is valid until it expires after life,
// rounded up to the second, or for ever when life is 0; earlier tokens of the
// user stay valid.
func (t *Tokens) Issue(user chat.UserID, now time.Time, life time.Duration) (string, error) {
	p := payload{App: t.app, Issued: now.UnixMilli()}
	p.Subject = string(user)
	if life > 0 {
		p.ExpiresAt = jwt.NewNumericDate(now.Add(life + time.Second - 1))
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, p).SignedString(t.key)
}

// Verify returns what the token says. The error is a *chat.Error: TokenExpired
// when the app made the token and its time is over, TokenIncorrect when it is
// not a token of this app. A token that Verify accepts may still have been
// revoked: see Admit.
func (t *Tokens) Verify(token string, now time.Time) (Claims, error) {
	if len(token) > maxToken {
		return Claims{}, chat.Errorf(chat.TokenIncorrect, "token is %d bytes, over %d", len(token), maxToken)
	}
	// The decoder skips these, which would give a token many spellings.
	if strings.ContainsAny(token, "\r\n") {
		return Claims{}, chat.Errorf(chat.TokenIncorrect, "token holds a line end")
	}
	var p payload
	if _, err := t.parser.ParseWithClaims(token, &p, t.verifyKey); err != nil {
		return Claims{}, &chat.Error{Code: chat.TokenIncorrect, Reason: "token is not one of this app", Err: err}
	}
	if p.App != t.app || p.Subject == "" {
		return Claims{}, chat.Errorf(chat.TokenIncorrect, "token is of another app or of no user")
	}
	c := Claims{User: chat.UserID(p.Subject), Issued: time.UnixMilli(p.Issued)}
	if p.ExpiresAt != nil {
		c.Expires = p.ExpiresAt.Time
		if !now.Before(c.Expires) {
			return Claims{}, chat.Errorf(chat.TokenExpired, "token expired at %s", c.Expires.UTC().Format(time.RFC3339))
		}
	}
	return c, nil
}

func (t *Tokens) verifyKey(*jwt.Token) (any, error) { return t.key, nil }

// Admit decides whether the holder of a verified token may connect now, given
// what the store knows of its user; a user who is not in the store is the zero
// User. The error is a *chat.Error: TokenIncorrect for a token that the app
// revoked, UserBlocked for a user whom the app blocked.
func Admit(c Claims, u store.User, now time.Time) error {
	if !u.TokensAfter.IsZero() && !c.Issued.After(u.TokensAfter) {
		return chat.Errorf(chat.TokenIncorrect, "token was revoked")
	}
	if now.Before(u.BlockedUntil) {
		return chat.Errorf(chat.UserBlocked, "user is blocked until %s", u.BlockedUntil.UTC().Format(time.RFC3339))
	}
	return nil
}
