package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a filled store holds: a fifth of its messages in groups, the rest in
// private conversations of users who each have a few dozen of them. The first
// users are those of the loads, so these write into logs that are not empty.
const (
	preloadUsers   = 20_000
	preloadFriends = 20
	preloadGroups  = 500
	preloadMembers = 40
	preloadBatch   = 2048
	preloadSpan    = 6 * 24 * time.Hour // inside the dedupe window, so every send is still remembered
)

// Preload commits n messages to c, as if they had been sent over the last days.
// It does nothing to a store that holds anything.
func Preload(ctx context.Context, c store.Committer, n int, progress io.Writer) error {
	if c.Last() > 0 || n <= 0 {
		return nil
	}
	now := time.Now()
	p := preload{
		random: rand.New(rand.NewPCG(1, uint64(n))),
		batch:  store.Batch{Tick: chat.Tick(now.Add(-preloadSpan).UnixMilli())},
		step:   max(chat.Tick(preloadSpan.Milliseconds()/int64(1+n/preloadBatch)), 1),
		nextID: now.Add(-preloadSpan).UnixNano(),
	}
	p.batch.Changes = groups()
	for done := 0; done < n; {
		size := min(preloadBatch, n-done)
		if err := p.fill(size); err != nil {
			return err
		}
		if err := c.Commit(ctx, &p.batch); err != nil {
			return fmt.Errorf("preload: %w", err)
		}
		p.batch = store.Batch{Prev: p.batch.Tick, Tick: p.batch.Tick + p.step}
		done += size
		if done/preloadBatch%50 == 0 && progress != nil {
			fmt.Fprintf(progress, "\r\x1b[Kfilling the store: %d of %d", done, n)
		}
	}
	if progress != nil {
		fmt.Fprint(progress, "\r\x1b[K")
	}
	return nil
}

type preload struct {
	random *rand.Rand
	batch  store.Batch
	step   chat.Tick
	nextID int64
}

// fill puts n messages into the batch.
func (p *preload) fill(n int) error {
	content := newContent(0)
	for i := range n {
		sender := p.random.IntN(preloadUsers)
		typ, target := chat.Private, friend(sender, p.random.IntN(preloadFriends))
		if p.random.IntN(5) == 0 {
			typ, target = chat.Group, groupOf(sender)
		}
		putHex(content[seqAt:], uint32(p.nextID))
		m, err := wire.NewMessage(typ, chat.UserID(userName(sender)), target, &pb.UpMessage{
			Flags: new(int32(3)), ClassName: new("RC:TxtMsg"), Content: content, ClientUniqueId: &p.nextID,
		})
		if err != nil {
			return err
		}
		p.nextID++
		m.ID = chat.ID{Tick: p.batch.Tick, Index: uint16(i)}
		p.batch.Messages = append(p.batch.Messages, m)
	}
	return nil
}

// friend is one of those that user writes to; the first is the partner that it
// has in a load of pairs.
func friend(user, i int) string {
	if i == 0 {
		return userName(user ^ 1)
	}
	return userName((user + 37*i) % preloadUsers)
}

func groupOf(user int) string { return fmt.Sprintf("preloaded%d", user%preloadGroups) }

func groups() (joined []store.Change) {
	for g := range preloadGroups {
		var users []chat.UserID
		for i := range preloadMembers {
			users = append(users, chat.UserID(userName(g+i*preloadGroups)))
		}
		joined = append(joined, store.GroupJoined{Group: groupOf(g), Name: groupOf(g), Users: users})
	}
	return joined
}
