package session

import (
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// A client of ours that sends too fast is told for how long to wait, and after
// that long there is room for one message. An official one has the server's
// time in that place. Shows S002, S181.
func TestTooFastTellsWhen(t *testing.T) {
	for name, direct := range map[string]bool{"ours": true, "official": false} {
		t.Run(name, func(t *testing.T) {
			s, conn := newSession(t, Client{User: "alice", Direct: direct})
			s.sends = Limits{SendRate: 2, SendBurst: 1}.sends()
			f := &wire.ClientFrame{Type: wire.TypePublish, ID: 7}
			if !s.mayPublish(f) {
				t.Fatal("the first message is refused")
			}
			if s.mayPublish(f) {
				t.Fatal("the second message passes")
			}
			answer := conn.last(t)
			if answer.ID != f.ID || chat.Code(answer.Status) != chat.TooFast || len(answer.UID) != 0 {
				t.Errorf("answered %+v", answer)
			}
			wait := answer.RetryAfter()
			if direct && (wait <= 0 || wait > 500*time.Millisecond) {
				t.Errorf("may try again after %v", wait)
			}
			if !direct && (wait != 0 || time.Since(time.UnixMilli(answer.SentTime())) > time.Minute) {
				t.Errorf("an official client reads %v, and the time %v", wait, answer.SentTime())
			}
			if direct && !s.sends.AllowN(time.Now().Add(wait), 1) {
				t.Errorf("there is no room after %v", wait)
			}
		})
	}
}
