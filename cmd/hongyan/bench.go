package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/internal/bench"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
)

// BenchCmd loads a server and verifies every message. Without --url it starts
// one, fresh and empty, for each workload.
type BenchCmd struct {
	Workloads []string      `arg:"" optional:"" help:"Which to run, see below. Default: w1 w2 w2-pull w2c w3 w4 w5."`
	Duration  time.Duration `default:"5s" placeholder:"TIME" help:"How long a workload sends. Default: ${default}."`
	JSON      string        `name:"json" placeholder:"FILE" help:"Write the results to this file as well."`
	Keep      string        `placeholder:"DIR" help:"Keep data and log of the servers that were started in this directory."`

	Preload    int    `default:"5000000" placeholder:"N" help:"How many messages the store of w1-full holds. Default: ${default}."`
	PreloadDir string `placeholder:"DIR" help:"Where that store is; it is filled when it is empty. Default: a temporary directory."`

	Reference string `placeholder:"FILE" help:"Start and load this build of bench/reference instead of Hongyan."`
	URL       string `name:"url" placeholder:"URL" help:"Load the server that runs at this address, such as http://127.0.0.1:8080, with --send-rate 0. The flags below say which app of it."`
	ServerPID int    `name:"server-pid" placeholder:"PID" help:"Process of that server, to measure its processor time and memory."`
	identity
}

// defaultWorkloads are those that need no preparation.
var defaultWorkloads = []string{"w1", "w2", "w2-pull", "w2c", "w3", "w4", "w5"}

// Help is what "hongyan bench --help" says after the usage.
func (*BenchCmd) Help() string {
	var b strings.Builder
	b.WriteString("Workloads:\n\n")
	for _, w := range bench.Workloads {
		fmt.Fprintf(&b, "    %-8s %s\n", w.Name, w.Title)
	}
	b.WriteString("\nIt fails when a message was lost, repeated, reordered or named twice. docs/benchmarks.md says how it measures.")
	return b.String()
}

// Run fails when a workload could not be measured, and when the server made a
// mistake.
func (b *BenchCmd) Run(ctx context.Context, c console) error {
	report := bench.Report{Server: "hongyan", CPUs: runtime.NumCPU()}
	if b.Reference != "" {
		report.Server = "reference"
	}
	if len(b.Workloads) == 0 {
		b.Workloads = defaultWorkloads
	}
	for _, name := range b.Workloads {
		w, ok := bench.Find(name)
		if !ok {
			return fmt.Errorf("there is no workload %q", name)
		}
		if err := b.run(ctx, c, w, &report); err != nil {
			return err
		}
	}
	if err := b.write(report); err != nil {
		return err
	}
	if err := report.Print(c.out); err != nil {
		return err
	}
	if faults := report.Faults(); faults != nil {
		return errors.New("the server failed: " + strings.Join(faults, "; "))
	}
	return nil
}

func (b *BenchCmd) write(report bench.Report) error {
	if b.JSON == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(b.JSON, append(text, '\n'), 0o644)
}

// run adds the result of w to the report.
func (b *BenchCmd) run(ctx context.Context, c console, w bench.Workload, report *bench.Report) error {
	target, stop, err := b.target(ctx, c, w)
	if err != nil {
		return err
	}
	defer stop()
	report.Durability = bench.Durability(ctx, target.URL)
	result, err := bench.Run(ctx, target, w, bench.Options{Duration: b.Duration, Progress: c.err})
	report.Results = append(report.Results, result)
	return err
}

// target is the server to load. stop ends it when it was started for w.
func (b *BenchCmd) target(ctx context.Context, c console, w bench.Workload) (t bench.Target, stop func(), err error) {
	t = bench.Target{URL: b.URL, PID: b.ServerPID, AppKey: node.DevKey, Secret: node.DevSecret, Reference: b.Reference != ""}
	if b.URL == "" {
		stop, err = b.start(ctx, c, w, &t)
		return t, stop, err
	}
	a, err := b.app()
	t.AppKey, t.Secret = a.Key, a.Secret
	return t, func() {}, err
}

// start starts a server for w alone and fills in the target. stop ends it and
// removes its data.
func (b *BenchCmd) start(ctx context.Context, c console, w bench.Workload, target *bench.Target) (stop func(), err error) {
	address, err := bench.FreeAddress()
	if err != nil {
		return nil, err
	}
	target.URL = "http://" + address
	dir, remove, err := b.directory(w)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if w.Full {
		if err := b.fill(ctx, c, &data); err != nil {
			remove()
			return nil, err
		}
	}
	name, args, err := b.command(address, data, filepath.Join(dir, "hongyan.yaml"))
	if err != nil {
		remove()
		return nil, err
	}
	server, err := bench.StartServer(ctx, target.URL, filepath.Join(dir, "server.log"), name, args...)
	if err != nil {
		return nil, err // its log stays, to be read
	}
	target.PID = server.PID()
	return func() { server.Stop(); remove() }, nil
}

// directory is where the server of w keeps its data. remove deletes it, unless
// it is to be kept.
func (b *BenchCmd) directory(w bench.Workload) (dir string, remove func(), err error) {
	if b.Keep != "" {
		dir = filepath.Join(b.Keep, w.Name)
		return dir, func() {}, os.MkdirAll(dir, 0o755)
	}
	dir, err = os.MkdirTemp("", "hongyan-bench-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// fill makes data the directory of a store that holds messages, which is the
// one of --preload-dir when that is given.
func (b *BenchCmd) fill(ctx context.Context, c console, data *string) error {
	if b.PreloadDir != "" {
		*data = b.PreloadDir
	}
	s, err := embedded.Open(filepath.Join(*data, node.DevKey), embedded.Options{})
	if err != nil {
		return err
	}
	return errors.Join(bench.Preload(ctx, s, b.Preload, c.err), s.Close())
}

// command is how the server is started. Hongyan is this very program; its users
// may send as fast as they can, also in chatrooms, which the file config says.
func (b *BenchCmd) command(address, data, config string) (name string, args []string, err error) {
	if b.Reference != "" {
		return b.Reference, []string{"--listen", address}, nil
	}
	text := fmt.Sprintf("apps:\n- {key: %s, secret: %s, chatroom-burst: -1}\n", node.DevKey, node.DevSecret)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return "", nil, err
	}
	name, err = os.Executable()
	return name, []string{"serve", "--dev", "--listen", address, "--data", data, "--config", config, "--send-rate", "0"}, err
}
