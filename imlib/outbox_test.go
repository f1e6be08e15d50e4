package imlib

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/wire"
)

// written is what the outbox writes now: the payloads with their message ids.
func written(t *testing.T, o *outbox, now time.Time) string {
	t.Helper()
	var list []string
	for {
		b, ok := o.next(nil, now)
		if !ok {
			return strings.Join(list, " ")
		}
		var f wire.ClientFrame
		if err := f.Decode(b); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s=%d", f.Payload, f.ID))
	}
}

func publish(name string) *request {
	return &request{kind: wire.TypePublish, topic: "t", target: "x", payload: []byte(name)}
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestOutboxWritesInOrder(t *testing.T) {
	var o outbox
	a, b := publish("a"), publish("b")
	o.add(a)
	o.add(b)
	want(t, written(t, &o, time.Time{}), "a=1 b=2")
	want(t, written(t, &o, time.Time{}), "")
	if o.answered(2) != b || o.answered(2) != nil || o.answered(7) != nil {
		t.Error("an answer is not that of its request, once")
	}
	if o.answered(1) != a {
		t.Error("an answer out of order is lost")
	}
}

func TestOutboxWritesAgainAfterDisconnect(t *testing.T) {
	var o outbox
	for _, name := range []string{"a", "b", "c"} {
		o.add(publish(name))
	}
	pull, status := publish("pull"), publish("status")
	pull.fleeting, status.unanswered = true, true
	o.add(pull)
	o.add(status)
	want(t, written(t, &o, time.Time{}), "a=1 b=2 c=3 pull=4 status=5")
	o.answered(2)
	o.add(publish("d"))
	o.disconnected()
	want(t, written(t, &o, time.Time{}), "a=6 c=7 d=8")
	if o.answered(1) != nil {
		t.Error("an id of the old connection is taken for one of the new")
	}
}

func TestOutboxForgetsWhatIsRemoved(t *testing.T) {
	var o outbox
	a, b := publish("a"), publish("b")
	o.add(a)
	want(t, written(t, &o, time.Time{}), "a=1")
	o.add(b)
	o.remove(a)
	o.remove(b)
	o.disconnected()
	want(t, written(t, &o, time.Time{}), "")
	if o.answered(1) != nil {
		t.Error("removed and yet answered")
	}
}

func TestOutboxIDsAreFree(t *testing.T) {
	var o outbox
	first := publish("first")
	o.add(first)
	want(t, written(t, &o, time.Time{}), "first=1")
	o.lastID = 0xffff - 1
	o.add(publish("a"))
	o.add(publish("b"))
	want(t, written(t, &o, time.Time{}), "a=65535 b=2") // 0 is no id, and 1 is taken
}

func TestOutboxOverdue(t *testing.T) {
	var o outbox
	now := time.Unix(1000, 0)
	o.add(publish("a"))
	if o.overdue(now, time.Second) {
		t.Error("overdue before it was written")
	}
	written(t, &o, now)
	if o.overdue(now.Add(time.Second-1), time.Second) || !o.overdue(now.Add(time.Second), time.Second) {
		t.Error("not overdue after a second")
	}
	o.answered(1)
	if o.overdue(now.Add(time.Hour), time.Second) {
		t.Error("overdue and answered")
	}
}
