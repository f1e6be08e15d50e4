package chat_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

func TestErrorIsItsCode(t *testing.T) {
	err := fmt.Errorf("while sending: %w", &chat.Error{Code: chat.NotInGroup, Reason: "no", Err: io.EOF})
	for target, want := range map[error]bool{chat.NotInGroup: true, io.EOF: true, chat.TooFast: false, io.ErrUnexpectedEOF: false} {
		if errors.Is(err, target) != want {
			t.Errorf("%v is %v: %v", err, target, !want)
		}
	}
	if plain := errors.New("of no code"); errors.Is(nil, chat.OK) || errors.Is(plain, chat.Internal) {
		t.Error("what has no code is a code")
	}
	if text := chat.NotInGroup.Error(); text != "not-in-group" {
		t.Errorf("it says %q", text)
	}
}
