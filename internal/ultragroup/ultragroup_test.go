package ultragroup_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// club is ultra groups over a store in memory, with a real writer.
type club struct {
	*ultragroup.Groups
	t      *testing.T
	store  store.Store
	writer *writer.Writer
}

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

func open(t *testing.T) *club {
	t.Helper()
	s := storetest.NewModel(store.Options{})
	who := roster.New(s, roster.Config{})
	w := writer.New(s, who, unheard{}, writer.Config{})
	c := &club{Groups: ultragroup.New(s, w, inbox.New(s, w, inbox.Config{}), who, nil), t: t, store: s, writer: w}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the writer ended with %v", err)
		}
	})
	return c
}

func (c *club) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func message(sender chat.UserID, group, channel, text string) *chat.Message {
	m, err := wire.NewMessage(chat.UltraGroup, sender, group, &pb.UpMessage{
		Flags: new(wire.UpFlags(chat.Persisted | chat.Counted)), ClassName: new("RC:TxtMsg"), BusChannel: &channel,
		Content: fmt.Appendf(nil, `{"content":%q}`, text),
	})
	if err != nil {
		panic(err)
	}
	return m
}

func (c *club) say(m *chat.Message) chat.Tick {
	c.t.Helper()
	c.must(c.writer.Send(c.t.Context(), roster.Sender, m)[0])
	return m.ID.Tick
}

// More channels than fit into one answer come in several, each once, the one
// with the oldest newest message first.
func TestConversationPages(t *testing.T) {
	c := open(t)
	const groups, channels = 30, 9
	for g := range groups {
		id := fmt.Sprint("g", g)
		c.must(c.Create(t.Context(), id, "", "alice", "bob"))
		for n := range channels - 1 {
			c.must(c.CreateChannel(t.Context(), id, fmt.Sprint("c", n), false))
		}
	}
	var last chat.Tick
	for g := range groups {
		var batch []*chat.Message // so that several channels have their newest message in one tick
		for n := range channels - 1 {
			batch = append(batch, message("alice", fmt.Sprint("g", g), fmt.Sprint("c", n), "hi"))
		}
		batch = append(batch, message("alice", fmt.Sprint("g", g), "", "hi"))
		for i, err := range c.writer.Send(t.Context(), roster.Sender, batch...) {
			c.must(err)
			last = max(last, batch[i].ID.Tick)
		}
	}
	c.say(message("alice", "g0", "", "after"))
	seen := map[chat.Conversation]bool{}
	after, pages := chat.Tick(0), 0
	for more := true; more; pages++ {
		var list []ultragroup.Conversation
		var err error
		list, more, err = c.Conversations(t.Context(), "bob", after, last)
		c.must(err)
		for _, got := range list {
			if seen[got.Conversation] || got.Latest.ID.Tick < after || got.Count != 1 {
				t.Errorf("%+v after %d, seen %v", got, after, seen[got.Conversation])
			}
			seen[got.Conversation] = true
			after = got.Latest.ID.Tick
		}
	}
	if len(seen) != groups*channels || pages != 2 {
		t.Errorf("%d channels on %d pages", len(seen), pages)
	}
}
