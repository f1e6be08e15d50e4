package auth

import (
	"crypto/rand"
	"fmt"
	"strings"
)

// App is one application that the server serves. Its users, groups and
// messages are apart from those of every other app.
type App struct {
	// Key names the app in public: 1 to 64 of the characters a-z A-Z 0-9 - _,
	// because it is part of URLs and of file names.
	Key string

	// Secret proves that a caller is the app's own server, and signs its
	// tokens: changing it ends every token. At least 8 bytes.
	Secret string
}

const (
	maxKey    = 64
	minSecret = 8
)

// Generate returns an app with a new key and secret, which are easy to read
// aloud: 13 characters a-z 2-7 and 26 characters A-Z 2-7 (130 bits).
func Generate() App {
	return App{Key: strings.ToLower(rand.Text()[:13]), Secret: rand.Text()}
}

// Validate returns an error that says what is wrong with the key or the
// secret. It does not quote the secret.
func (a App) Validate() error {
	if len(a.Key) == 0 || len(a.Key) > maxKey {
		return fmt.Errorf("app key is %d characters, not 1 to %d", len(a.Key), maxKey)
	}
	for _, c := range []byte(a.Key) {
		if !keyCharacter(c) {
			return fmt.Errorf("app key %q: only a-z A-Z 0-9 - _ may be in it", a.Key)
		}
	}
	if len(a.Secret) < minSecret {
		return fmt.Errorf("secret of app %s is %d bytes, not at least %d", a.Key, len(a.Secret), minSecret)
	}
	return nil
}

func keyCharacter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}
