package node_test

import (
	"flag"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/imtest"
)

var (
	randomSeed  = flag.Uint64("random.seed", 0, "seed of the random tests; 0 takes a new one")
	randomSteps = flag.Int("random.steps", 400, "steps between two crashes in the random tests")
	randomFor   = flag.Duration("random.for", 0, "how long the random tests go on with new worlds; 0 is one world")
)

// worlds runs test in one world after another, until the time is over.
func worlds(t *testing.T, test func(t *testing.T, rnd *rand.Rand)) {
	seed, end := *randomSeed, time.Now().Add(*randomFor)
	if seed == 0 {
		seed = rand.Uint64()
	}
	for ok := true; ok; seed++ {
		t.Logf("run it again with -random.seed %d", seed)
		test(t, rand.New(rand.NewPCG(seed, 0)))
		ok = time.Now().Before(end) && !t.Failed()
	}
}

// Nothing that was acked is lost, nothing is given twice, and all are given it
// in one order, whatever users do and however often the server is killed.
func TestRandomUsersAndCrashes(t *testing.T) {
	worlds(t, func(t *testing.T, rnd *rand.Rand) {
		p := imtest.StartProcess(t)
		w := &world{
			t: t, rnd: rnd,
			server: func() imtest.Server { return p },
			app:    func() imtest.App { return p.App },
			crash:  func() { p.Kill(); p.Start() },
		}
		w.populate(6, 3)
		for range 6 {
			for range *randomSteps {
				w.step()
			}
			w.restart()
		}
		w.finish()
		t.Logf("%d messages", len(w.sends))
	})
}

// The same holds when the clock stands still, goes back and jumps ahead.
func TestRandomUsersAndClocks(t *testing.T) {
	worlds(t, func(t *testing.T, rnd *rand.Rand) {
		var clock atomic.Int64
		clock.Store(time.Now().UnixMilli())
		options := []imtest.Option{imtest.Data(t.TempDir()), imtest.Clock(clock.Load), imtest.RoomsTakeAll()}
		n := imtest.Start(t, options...)
		w := &world{
			t: t, rnd: rnd,
			server: func() imtest.Server { return n },
			app:    func() imtest.App { return n.App },
		}
		w.crash = func() {
			n.Stop()
			n = imtest.Start(t, append(options, imtest.Listen(n.Addr()))...)
		}
		w.populate(5, 2)
		for _, jump := range []time.Duration{0, -time.Hour, time.Millisecond, time.Hour, 2 * time.Hour, -3 * time.Hour} {
			clock.Add(jump.Milliseconds())
			for range *randomSteps / 5 {
				w.step()
			}
			if w.chance(50) {
				w.restart()
			}
		}
		w.finish()
	})
}
