package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Target is a running server.
type Target struct {
	URL       string // such as http://127.0.0.1:8080
	PID       int    // its process, 0 when its processor time and memory are not known
	Reference bool   // the server under bench/reference instead of Hongyan

	AppKey, Secret string // of Hongyan
}

// Options are what a run chooses. The zero value of a field is its default.
type Options struct {
	Duration time.Duration // of sending; 5 s
	Warmup   time.Duration // of sending before anything is counted; a fifth of Duration
	Patience time.Duration // what is missing is given up when nothing comes for so long; 10 s
	Progress io.Writer     // gets a line that is written over and over; nil is none
}

func (o Options) withDefaults() Options {
	if o.Duration == 0 {
		o.Duration = 5 * time.Second
	}
	if o.Warmup == 0 {
		o.Warmup = o.Duration / 5
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	return o
}

// settle is how long idle connections are left alone before their memory counts.
const settle = 3 * time.Second

// Run puts w on the server and returns what was measured. A message that was
// lost, repeated, reordered or named twice is not an error but a fault of the
// result; an error means that there is no result.
func Run(ctx context.Context, t Target, w Workload, o Options) (Result, error) {
	o = o.withDefaults()
	l, err := begin(ctx, t, w, o)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", w.Name, err)
	}
	defer l.close()
	r, err := l.measure(ctx, t, o)
	if o.Progress != nil {
		fmt.Fprint(o.Progress, "\r\x1b[K")
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", w.Name, err)
	}
	return r, nil
}

// begin makes a load whose users exist and are not connected yet.
func begin(ctx context.Context, t Target, w Workload, o Options) (*load, error) {
	base, err := url.Parse(t.URL)
	if err != nil {
		return nil, err
	}
	addr, err := net.ResolveTCPAddr("tcp", base.Host)
	if err != nil {
		return nil, err
	}
	var p protocol = newHongyan(serverAPI{base: t.URL, appKey: t.AppKey, secret: t.Secret}, !w.Pull)
	if t.Reference {
		p = &reference{}
	}
	l, err := newLoad(w, p, addr, uint32(time.Now().UnixNano()))
	if err != nil {
		return nil, err
	}
	l.patience = o.Patience
	if o.Progress != nil {
		l.progress = func(l *load) { progress(o.Progress, l) }
	}
	if err := p.prepare(ctx, l); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func progress(w io.Writer, l *load) {
	fmt.Fprintf(w, "\r\x1b[K%-8s %5.1fs  connected %d/%d  acked %d  delivered %d  faults: %s",
		l.workload.Name, l.clock().Seconds(), len(l.clients)-l.waiting, len(l.clients),
		l.tally.acked, l.tally.delivered, l.faults)
}

// measure connects, warms up, counts, and looks what is missing.
func (l *load) measure(ctx context.Context, t Target, o Options) (Result, error) {
	before, err := usageOf(t.PID)
	if err != nil {
		return Result{}, err
	}
	if err := l.connect(ctx); err != nil {
		return Result{}, err
	}
	if l.workload.Idle > 0 {
		return l.measureIdle(ctx, t, before)
	}
	if err := l.run(ctx, o.Warmup, l.workload.Messages/5); err != nil {
		return Result{}, err
	}
	if l.underWay() { // the server already failed, so how fast it is means nothing
		l.checkMissing()
		return l.result(before, before), nil
	}
	if before, err = usageOf(t.PID); err != nil {
		return Result{}, err
	}
	if err := l.run(ctx, o.Duration, l.workload.Messages); err != nil {
		return Result{}, err
	}
	after, err := usageOf(t.PID)
	l.checkMissing()
	return l.result(before, after), err
}

func (l *load) measureIdle(ctx context.Context, t Target, before usage) (Result, error) {
	if err := l.idle(ctx, settle); err != nil {
		return Result{}, err
	}
	after, err := usageOf(t.PID)
	r := l.result(before, after)
	r.KBPerConnection = float64(after.memory-before.memory) / 1024 / float64(len(l.clients))
	return r, err
}

// usage is what the two processes have used so far.
type usage struct {
	server, generator time.Duration
	memory            int64 // of the server, now
}

func usageOf(pid int) (u usage, err error) {
	if u.generator, err = cpuOf(os.Getpid()); err != nil || pid == 0 {
		return u, err
	}
	if u.server, err = cpuOf(pid); err != nil {
		return u, err
	}
	u.memory, err = memoryOf(pid)
	return u, err
}

// Durability asks the server at base what it did with a message before it acks
// it. A server that does not say is "unknown".
func Durability(ctx context.Context, base string) string {
	const unknown = "unknown"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return unknown
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return unknown
	}
	defer resp.Body.Close()
	var health struct {
		Durability string `json:"durability"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&health) != nil || health.Durability == "" {
		return unknown
	}
	return health.Durability
}
