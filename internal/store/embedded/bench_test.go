package embedded_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
)

// traffic makes batches of private messages of 200 bytes among 5,000 users who
// have some 40 contacts each.
type traffic struct {
	rng   *rand.Rand
	users []chat.UserID
	batch store.Batch
	text  []byte // bodies are pieces of it
}

func newTraffic(size int) *traffic {
	w := &traffic{rng: rand.New(rand.NewPCG(1, 2)), text: make([]byte, 1<<20)}
	for i := range 5000 {
		w.users = append(w.users, chat.UserID(fmt.Sprintf("user%06d", i)))
	}
	for i := range w.text {
		w.text[i] = byte(' ' + w.rng.IntN(64))
	}
	for range size {
		w.batch.Messages = append(w.batch.Messages, &chat.Message{})
	}
	return w
}

// next is the batch that follows tick last. It reuses the memory of the one before.
func (w *traffic) next(last chat.Tick) *store.Batch {
	w.batch.Prev, w.batch.Tick = last, last+1
	for i, m := range w.batch.Messages {
		*m = *w.message()
		m.ID = chat.ID{Tick: w.batch.Tick, Index: uint16(i)}
	}
	return &w.batch
}

func (w *traffic) message() *chat.Message {
	sender, at := w.rng.IntN(len(w.users)), w.rng.IntN(len(w.text)-200)
	target := (sender + 1 + w.rng.IntN(20)) % len(w.users)
	return &chat.Message{
		Type: chat.Private, Sender: w.users[sender], Target: string(w.users[target]),
		Flags: chat.Persisted | chat.Counted, ObjectName: "RC:TxtMsg", ClientID: w.rng.Int64(),
		Key: w.key(), Body: w.text[at : at+200],
	}
}

func (w *traffic) key() (key chat.SendKey) {
	binary.LittleEndian.PutUint64(key[:8], w.rng.Uint64())
	binary.LittleEndian.PutUint64(key[8:], w.rng.Uint64())
	return key
}

// start is the first tick of a benchmark: a time of these years.
const start = chat.Tick(1_780_000_000_000)

// BenchmarkCommit commits batches with the fsync of a real directory.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 16, 256, 2048} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var build, apply, sync time.Duration
			s := open(b, b.TempDir(), embedded.Options{OnCommit: func(c embedded.CommitStats) {
				build, apply, sync = build+c.Build, apply+c.Apply, sync+c.Sync
			}})
			defer s.Close()
			w := newTraffic(size)
			last := start
			if err := s.Commit(b.Context(), &store.Batch{Tick: last}); err != nil {
				b.Fatal(err)
			}
			build, apply, sync = 0, 0, 0
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			cpu := cpuTime(b)
			for b.Loop() {
				batch := w.next(last)
				if err := s.Commit(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
				last = batch.Tick
			}
			runtime.ReadMemStats(&after)
			n := float64(b.N * size)
			b.ReportMetric(float64((cpuTime(b)-cpu).Nanoseconds())/n, "cpu-ns/message")
			b.ReportMetric(n/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(build.Nanoseconds())/n, "build-ns/message")
			b.ReportMetric(float64(apply.Nanoseconds())/n, "apply-ns/message")
			b.ReportMetric(float64(sync.Nanoseconds())/n, "sync-ns/message")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/message")
		})
	}
}

// cpuTime is what the process used so far. Unlike the time that passed it says
// the same on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// preloaded is a store in dir with n messages.
func preloaded(b *testing.B, dir string, n int) (*embedded.Store, *traffic) {
	s := open(b, dir, embedded.Options{})
	w := newTraffic(1)
	if err := s.Commit(b.Context(), &store.Batch{Tick: start}); err != nil {
		b.Fatal(err)
	}
	if err := embedded.Preload(b.Context(), s, n, func(int) *chat.Message { return w.message() }); err != nil {
		b.Fatal(err)
	}
	return s, w
}

// BenchmarkFull commits batches of 256 to a store that holds five million
// messages already. Compare it with BenchmarkCommit/256.
func BenchmarkFull(b *testing.B) {
	const stored = 5_000_000
	dir := b.TempDir()
	cpu, began := cpuTime(b), time.Now()
	s, _ := preloaded(b, dir, stored)
	b.Logf("preload: %.0f ns/message, of processors %.0f ns/message",
		float64(time.Since(began).Nanoseconds())/stored, float64((cpuTime(b)-cpu).Nanoseconds())/stored)
	last := s.Last()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.Logf("on disk: %d MB", diskBytes(b, dir)>>20)
	began = time.Now()
	s = open(b, dir, embedded.Options{})
	defer s.Close()
	b.Logf("open: %v", time.Since(began))
	w := newTraffic(256)
	w.rng = rand.New(rand.NewPCG(3, 4))
	b.Run("Commit/256", func(b *testing.B) {
		cpu := cpuTime(b)
		for b.Loop() {
			batch := w.next(last)
			if err := s.Commit(context.Background(), batch); err != nil {
				b.Fatal(err)
			}
			last = batch.Tick
		}
		b.ReportMetric(float64((cpuTime(b)-cpu).Nanoseconds())/float64(b.N)/256, "cpu-ns/message")
		b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "messages/s")
	})
	b.Run("SentMiss", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Sent(context.Background(), w.key()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Pull20", func(b *testing.B) { benchmarkPull(b, s, w) })
}

func diskBytes(b *testing.B, dir string) (bytes int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !info.IsDir() {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return bytes
}

// BenchmarkSentMiss asks for keys that were never sent: what a writer asks for
// each new message.
func BenchmarkSentMiss(b *testing.B) {
	s, w := preloaded(b, b.TempDir(), 500_000)
	defer s.Close()
	found := 0
	for b.Loop() {
		_, ok, err := s.Sent(context.Background(), w.key())
		if err != nil {
			b.Fatal(err)
		}
		if ok {
			found++
		}
	}
	if found > 0 {
		b.Fatalf("%d keys were found that nobody sent", found)
	}
}

// BenchmarkPull pulls pages of 20 from anywhere in the stream of any user.
func BenchmarkPull(b *testing.B) {
	s, w := preloaded(b, b.TempDir(), 500_000)
	defer s.Close()
	benchmarkPull(b, s, w)
}

func benchmarkPull(b *testing.B, s *embedded.Store, w *traffic) {
	last := s.Last()
	messages := 0
	for b.Loop() {
		since := start + chat.Tick(w.rng.IntN(int(last-start)*3/4))
		page, err := s.Pull(context.Background(), store.Pull{
			User: w.users[w.rng.IntN(len(w.users))], Received: since, Sent: since, Limit: 20,
		})
		if err != nil {
			b.Fatal(err)
		}
		messages += len(page.Messages)
	}
	b.ReportMetric(float64(messages)/float64(b.N), "messages/pull")
}

// BenchmarkPullNew pulls what the newest ticks brought: what a client does that
// was told to pull.
func BenchmarkPullNew(b *testing.B) {
	for _, groups := range []int{0, 100} {
		b.Run(fmt.Sprintf("%dGroups", groups), func(b *testing.B) {
			s, w := preloaded(b, b.TempDir(), 300_000)
			defer s.Close()
			me := w.users[0]
			joins := &store.Batch{Prev: s.Last(), Tick: s.Last() + 1}
			for i := range groups {
				joins.Changes = append(joins.Changes, store.GroupJoined{Group: fmt.Sprint("group", i), Users: []chat.UserID{me}})
			}
			commit1(b, s, joins)
			for range 20 {
				m := w.message()
				m.Target = string(me)
				m.ID = chat.ID{Tick: s.Last() + 1}
				commit1(b, s, &store.Batch{Prev: s.Last(), Tick: s.Last() + 1, Messages: []*chat.Message{m}})
			}
			since := s.Last() - 1
			for b.Loop() {
				page, err := s.Pull(context.Background(), store.Pull{User: me, Received: since, Sent: since, Limit: 20})
				if err != nil || len(page.Messages) != 1 {
					b.Fatal(page, err)
				}
			}
		})
	}
}

func commit1(b *testing.B, s *embedded.Store, batch *store.Batch) {
	b.Helper()
	if err := s.Commit(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}
