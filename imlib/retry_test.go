package imlib

import (
	"errors"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

func TestRetry(t *testing.T) {
	lost := errors.New("connection reset")
	for _, c := range []struct {
		name    string
		attempt int
		reason  error
		lived   time.Duration
		want    plan
	}{
		{"lost", 0, lost, time.Minute, plan{pause: firstPause}},
		{"lost again and again", 3, lost, time.Second, plan{pause: 8 * firstPause}},
		{"lost after a steady time", 9, lost, steady, plan{pause: firstPause}},
		{"cannot connect", 1, lost, 0, plan{pause: 2 * firstPause, navigate: true}},
		{"cannot connect for long", 60, lost, 0, plan{pause: longestPause, navigate: true}},
		{"server is starting", 0, disconnected(chat.ServerUnavailable), 0, plan{pause: firstPause, navigate: true}},
		{"sent elsewhere", 0, disconnectError(6), time.Minute, plan{navigate: true}},
		{"sent elsewhere at once", 2, disconnectError(6), time.Second, plan{pause: 4 * firstPause, navigate: true}},
		{"a status without meaning", 0, disconnectError(77), time.Minute, plan{pause: firstPause, navigate: true}},
		{"kicked", 0, disconnectError(1), time.Minute, plan{final: true}},
		{"blocked", 4, connackError(9), 0, plan{final: true}},
		{"bad token", 0, connackError(4), 0, plan{final: true}},
		{"token expired", 0, connackError(10), 0, plan{final: true}},
		{"starting", 0, connackError(3), 0, plan{pause: firstPause, navigate: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := retry{attempt: c.attempt}
			if got := r.after(c.reason, c.lived); got != c.want {
				t.Errorf("plans %+v, want %+v", got, c.want)
			}
		})
	}
}

func disconnected(code chat.Code) error { return chat.Errorf(code, "test") }

func TestPausesGrowToTheLongest(t *testing.T) {
	for attempt := range 100 {
		p := pause(attempt)
		if p > longestPause || attempt > 0 && p < pause(attempt-1) {
			t.Errorf("pause %d is %s", attempt, p)
		}
		if j := jitter(p); j < 0 || j >= p {
			t.Errorf("jitter of %s is %s", p, j)
		}
	}
	if jitter(0) != 0 {
		t.Error("a pause where none is wanted")
	}
}
