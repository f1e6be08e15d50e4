package imlib_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// clientEnv is set in a process of the test binary that is to be a client.
const clientEnv = "HONGYAN_IMLIB_CLIENT"

// errand is what such a process is to do: to post the numbers from First up to
// Last to bob, and to end when all that was ever posted is answered.
type errand struct {
	URL, Token, Dir string
	First, Last     int
}

func runClient(text string) int {
	if err := runErrand(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runErrand(text string) error {
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	go func() { // ends with the process that started this one
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	told := make(chan struct{}, imlib.MaxUnsent)
	c, err := imlib.Connect(ctx, imlib.Options{
		AppKey: imtest.AppKey, Token: e.Token, Navigators: []string{e.URL}, Dir: e.Dir, SendOnly: true,
		OnOutcome: func(imlib.Outcome) { told <- struct{}{} },
	})
	if err != nil {
		return err
	}
	defer c.Close()
	for n := e.First; n <= e.Last; n++ {
		if _, err := c.Post(ctx, imlib.Private("bob"), imlib.TextMessage{Content: fmt.Sprint(n)}); err != nil {
			return err
		}
		fmt.Println(n)
	}
	for len(c.Unsent()) > 0 {
		select {
		case <-told:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// A program that is killed again and again while it posts: every message that
// Post took is received, once, in order.
func TestKilledWhilePosting(t *testing.T) {
	const kills, each = 5, 60
	n := imtest.Start(t)
	bob := connect(t, n, "bob")
	e := errand{URL: n.URL(), Token: n.Token("alice"), Dir: t.TempDir(), First: 1}
	posted, maybe := map[int]bool{}, map[int]bool{}
	for i := range kills + 1 {
		e.Last = e.First + each
		last := e.Last
		if i < kills {
			last = e.First + rand.N(each)
		}
		for _, n := range runAndKill(t, e, last) {
			posted[n] = true
			e.First = n
		}
		maybe[e.First+1] = true // taken, but killed before it said so
		e.First += 2
	}
	got := map[int]bool{}
	for before := 0; len(got) < len(posted); {
		var number int
		if _, err := fmt.Sscan(text(receive(t, bob, 1)[0]), &number); err != nil || number <= before || !posted[number] && !maybe[number] {
			t.Fatalf("received %d after %d, %v", number, before, err)
		}
		before = number
		if posted[number] {
			got[number] = true
		}
	}
}

// runAndKill runs a client until it says that it posted number last, and kills
// it, or lets it end if that is the last one. It returns what was posted.
func runAndKill(t *testing.T, e errand, last int) (posted []int) {
	t.Helper()
	order, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), clientEnv+"="+string(order))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscan(lines.Text(), &n); err != nil {
			t.Fatalf("the client says %q", lines.Text())
		}
		if posted = append(posted, n); n == last && last < e.Last {
			_ = cmd.Process.Kill() // what it says meanwhile counts too
		}
	}
	if err := cmd.Wait(); (err == nil) != (last == e.Last) {
		t.Fatalf("the client ended with %v after %v", err, posted)
	}
	return posted
}
