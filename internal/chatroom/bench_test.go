package chatroom

import (
	"fmt"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// crowd is a room with so many members that have pulled all there is.
func crowd(b *testing.B, members int) (*Rooms, []*quiet) {
	model := storetest.NewModel(store.Options{})
	if err := model.Commit(b.Context(), &store.Batch{Tick: 1, Changes: []store.Change{store.RoomCreated{Room: "room"}}}); err != nil {
		b.Fatal(err)
	}
	r, err := New(b.Context(), model, nil, 1, Config{Many: true, Burst: -1})
	if err != nil {
		b.Fatal(err)
	}
	all := make([]*quiet, members)
	for i := range all {
		all[i] = &quiet{visitor: visitor{user: chat.UserID(fmt.Sprint("user-", i)), origin: uint64(i + 1)}}
		if _, err := r.Join(b.Context(), all[i], "room", "", false); err != nil {
			b.Fatal(err)
		}
	}
	return r, all
}

// One message in a room of 10,000: everybody is hinted at it and pulls it. The
// time is for each delivery.
func BenchmarkCrowd(b *testing.B) {
	const members = 10_000
	r, all := crowd(b, members)
	frame := make([]byte, 0, 4096)
	tick := chat.Tick(1)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += members {
		m := says(&all[0].visitor, "room", "hello everybody")
		m.ID.Tick = tick + 1
		r.Apply(&store.Batch{Prev: tick, Tick: tick + 1, Messages: []*chat.Message{m}})
		for _, v := range all[:min(members, b.N-i)] {
			p, err := r.Pull(b.Context(), frame, v, "room", tick, 0)
			if err != nil || p.Messages != 1 && v != all[0] {
				b.Fatal(p.Messages, err)
			}
		}
		tick++
	}
}

// Hinting at one message only. The time is for each member.
func BenchmarkHints(b *testing.B) {
	const members = 10_000
	r, _ := crowd(b, members)
	m := says(nil, "room", "hello everybody")
	tick := chat.Tick(1)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += members {
		copied := *m
		copied.ID.Tick = tick + 1
		r.Apply(&store.Batch{Prev: tick, Tick: tick + 1, Messages: []*chat.Message{&copied}})
		tick++
		for _, at := range r.rooms["room"].order {
			at.answered = tick
		}
	}
}
