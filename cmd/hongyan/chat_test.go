package main

import (
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// What a chat shows and does is tested in internal/terminal.
func TestChatCommand(t *testing.T) {
	_, url := serve(t, "--dev", "--data", t.TempDir())
	if _, text := do(t, exitFailed, "chat", "--as", "alice", "--server", url); !strings.Contains(text, "a chat needs a terminal") {
		t.Errorf("chat without a terminal says %q", text)
	}
	if _, text := do(t, exitUsage, "chat", "--server", url); !strings.Contains(text, "--as") {
		t.Errorf("chat as nobody says %q", text)
	}
	if _, text := do(t, exitUsage, "chat", "--as", "alice", "--to", "bob", "--group", "g"); !strings.Contains(text, "--to and --group") {
		t.Errorf("chat in two conversations says %q", text)
	}
	for _, c := range []struct {
		ChatCmd
		want chat.Conversation
	}{
		{ChatCmd{To: "bob"}, imlib.Private("bob")}, {ChatCmd{Group: "g"}, imlib.Group("g")}, {ChatCmd{Join: "r"}, imlib.Chatroom("r")},
		{ChatCmd{}, chat.Conversation{}},
	} {
		if got := c.open(); got != c.want {
			t.Errorf("opens %v, want %v", got, c.want)
		}
	}
}
