package wire

import (
	"encoding/json"
	"unicode/utf16"

	"github.com/hongyan-im/hongyan/chat"
)

// Limits of an expansion.
const ()

// CheckPair returns a *chat.Error that names what is wrong with a key or value
// of an expansion.
func CheckPair(key, value string) error {
	if len(key) == 0 || len(key) > chat.MaxPairKey {
		return chat.Errorf(chat.ExpansionFormat, "the key %.40q is %d bytes, not 1 to %d", key, len(key), chat.MaxPairKey)
	}
	for _, c := range []byte(key) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '=' || c == '+' || c == '-') {
			return chat.Errorf(chat.ExpansionFormat, "the key %q has other characters than A-Z a-z 0-9 _ = + -", key)
		}
	}
	if n := utf16Len(value); n > chat.MaxPairValue {
		return chat.Errorf(chat.ExpansionFormat, "the value of %q is %d characters, over %d", key, n, chat.MaxPairValue)
	}
	return nil
}

func utf16Len(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// checkExpansion refuses an expansion that receivers could not read: it must
// be JSON {"key":{"v":"value"}} within the limits.
func checkExpansion(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	var pairs map[string]struct {
		V *string `json:"v"`
	}
	if err := json.Unmarshal(text, &pairs); err != nil {
		return chat.Errorf(chat.ExpansionFormat, `extraContent is not JSON {"key":{"v":"value"}}`)
	}
	if len(pairs) > chat.MaxPairs {
		return chat.Errorf(chat.ExpansionFormat, "extraContent has %d keys, over %d", len(pairs), chat.MaxPairs)
	}
	for k, v := range pairs {
		if v.V == nil {
			return chat.Errorf(chat.ExpansionFormat, "extraContent: the key %.40q has no v", k)
		}
		if err := CheckPair(k, *v.V); err != nil {
			return err
		}
	}
	return nil
}
