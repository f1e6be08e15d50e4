// Command compare runs `hongyan bench` against Hongyan and against the
// reference, one right after the other so that both meet the same machine, for
// several rounds, and prints the medians, their ratios and the goals.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/hongyan-im/hongyan/internal/bench"
)

func main() {
	var c comparison
	flag.StringVar(&c.hongyan, "hongyan", "bin/hongyan", "the `program` that is measured, and that measures")
	flag.StringVar(&c.reference, "reference", "bin/reference", "the `program` it is compared with, a build of bench/reference")
	flag.IntVar(&c.rounds, "rounds", 3, "how often every workload runs")
	flag.IntVar(&c.preload, "preload", 5_000_000, "how many messages the full store holds; 0 leaves it out")
	output := flag.String("json", "bin/bench.json", "write every result and the comparison to this `file`")
	flag.Parse()
	if err := c.compare(*output); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// row is one line of the comparison: a figure of Hongyan, and the figure of the
// other that it is held against.
type row struct {
	name        string
	ours        string // workload
	theirs      string // workload of the reference, or of Hongyan when own is set
	own         bool
	figure      func(bench.Result) float64
	least, most float64 // bounds of the ratio, 0 for none
	limit       float64 // of our figure itself, 0 for none
}

var rows = []row{
	{name: "W1 acked/s", ours: "w1", theirs: "w1", figure: acked, least: .7},
	{name: "W1 ack p99, ms", ours: "w1", theirs: "w1", figure: ackP99, most: 2},
	{name: "W1 server CPU-s per 1,000", ours: "w1", theirs: "w1", figure: serverCPU},
	{name: "W1 generator CPU-s per 1,000", ours: "w1", theirs: "w1", figure: generatorCPU},
	{name: "W1 acked/s, full store against empty", ours: "w1-full", theirs: "w1", own: true, figure: acked, least: .9},
	{name: "W2 deliveries/s, direct push", ours: "w2", theirs: "w2", figure: deliveries, least: .7},
	{name: "W2 delivery p99, ms, direct push", ours: "w2", theirs: "w2", figure: deliveryP99},
	{name: "W2 deliveries/s, notify and pull", ours: "w2-pull", theirs: "w2", figure: deliveries, least: .4},
	{name: "W2C messages/s", ours: "w2c", theirs: "w2c", figure: acked},
	{name: "W3 KB per connection", ours: "w3", theirs: "w3", figure: perConnection, limit: 10},
	{name: "W4 acked/s", ours: "w4", theirs: "w4", figure: acked, least: .5},
	{name: "W4 server CPU-s per 1,000", ours: "w4", theirs: "w4", figure: serverCPU},
	{name: "W5 deliveries/s, notify and pull", ours: "w5", theirs: "w5", figure: deliveries},
	{name: "W5 delivery p50, ms", ours: "w5", theirs: "w5", figure: deliveryP50},
	{name: "W5 delivery p99, ms", ours: "w5", theirs: "w5", figure: deliveryP99},
	{name: "W5 server CPU-s per 10,000 deliveries", ours: "w5", theirs: "w5", figure: deliveryCPU},
}

func acked(r bench.Result) float64         { return r.AckedPerSecond }
func ackP99(r bench.Result) float64        { return r.Ack.P99 }
func deliveries(r bench.Result) float64    { return r.DeliveriesPerSecond }
func deliveryP50(r bench.Result) float64   { return r.Delivery.P50 }
func deliveryP99(r bench.Result) float64   { return r.Delivery.P99 }
func serverCPU(r bench.Result) float64     { return r.ServerPer1000Messages }
func deliveryCPU(r bench.Result) float64   { return r.ServerPer10000Deliveries }
func generatorCPU(r bench.Result) float64  { return r.GeneratorPer1000Messages }
func perConnection(r bench.Result) float64 { return r.KBPerConnection }

type comparison struct {
	hongyan, reference string
	rounds, preload    int
	dir                string // for what lives as long as the comparison

	results map[key][]bench.Result // one a round
	reports map[string]bench.Report
}

// key names a workload on a server.
type key struct{ server, workload string }

const (
	ours   = "hongyan"
	theirs = "reference"
)

func (c *comparison) compare(output string) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c.results, c.reports = map[key][]bench.Result{}, map[string]bench.Report{}
	if c.dir, err = os.MkdirTemp("", "hongyan-compare-"); err != nil {
		return err
	}
	defer os.RemoveAll(c.dir)
	for round := range c.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, c.rounds)
		for _, k := range c.schedule(round) {
			if err := c.measure(ctx, k); err != nil {
				return err
			}
		}
	}
	lines := c.lines()
	if output != "" {
		if err := c.write(output, lines); err != nil {
			return err
		}
	}
	return c.print(lines)
}

// schedule is what a round runs: each workload next to the one it is held
// against, since the machine drifts, and who goes first changing with the round.
func (c *comparison) schedule(round int) (order []key) {
	for _, w := range []string{"w1", "w2", "w2-pull", "w2c", "w3", "w4", "w5"} {
		beside := []key{{ours, w}, {theirs, w}}
		switch {
		case w == "w1" && c.preload > 0:
			beside = []key{{ours, "w1-full"}, {ours, w}, {theirs, w}}
		case w == "w2-pull": // the reference has nothing to pull
			beside = []key{{ours, w}}
		}
		if round%2 == 1 {
			slices.Reverse(beside)
		}
		order = append(order, beside...)
	}
	return order
}

// measure runs one workload on one server, in processes of their own. A run
// with a fault is an error.
func (c *comparison) measure(ctx context.Context, k key) error {
	result := filepath.Join(c.dir, "result.json")
	duration := "5s"
	if k.workload == "w1" || k.workload == "w1-full" {
		duration = "15s" // long enough that the compactions of what is written are part of it
	}
	args := []string{"bench", k.workload, "--duration", duration, "--json", result,
		"--preload", strconv.Itoa(c.preload), "--preload-dir", filepath.Join(c.dir, "full")}
	if k.server == theirs {
		args = append(args, "--reference", c.reference)
	}
	run := exec.CommandContext(ctx, c.hongyan, args...)
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) } // it has servers to stop
	run.Stderr = os.Stderr
	if out, err := run.Output(); err != nil {
		return fmt.Errorf("%s on %s: %w\n%s", k.workload, k.server, err, out)
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return err
	}
	var report bench.Report
	if err := json.Unmarshal(text, &report); err != nil {
		return err
	}
	if len(report.Results) != 1 {
		return errors.New("a run of one workload without one result")
	}
	c.reports[k.server] = report
	c.results[k] = append(c.results[k], report.Results[0])
	return nil
}

// line is a row with its figures.
type line struct {
	Name   string  `json:"name"`
	Ours   float64 `json:"hongyan"`
	Theirs float64 `json:"against"`
	Ratio  float64 `json:"ratio"`
	Goal   string  `json:"goal,omitempty"`
	Met    bool    `json:"met"`
}

func (c *comparison) lines() (all []line) {
	for _, r := range rows {
		other := theirs
		if r.own {
			other = ours
		}
		a, b := c.results[key{ours, r.ours}], c.results[key{other, r.theirs}]
		if len(a) == 0 {
			continue
		}
		var figures, others, ratios []float64
		for i := range a {
			x, y := r.figure(a[i]), r.figure(b[i])
			figures, others, ratios = append(figures, x), append(others, y), append(ratios, x/y)
		}
		l := line{Name: r.name, Ours: median(figures), Theirs: median(others), Ratio: median(ratios)}
		l.Goal, l.Met = r.judge(l)
		all = append(all, l)
	}
	return all
}

// judge returns the goal in words, empty when there is none, and whether l meets it.
func (r row) judge(l line) (goal string, met bool) {
	switch {
	case r.least > 0:
		return fmt.Sprintf("ratio ≥ %g", r.least), l.Ratio >= r.least
	case r.most > 0:
		return fmt.Sprintf("ratio ≤ %g", r.most), l.Ratio <= r.most
	case r.limit > 0:
		return fmt.Sprintf("≤ %g", r.limit), l.Ours <= r.limit
	}
	return "", true
}

func median(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func (c *comparison) print(lines []line) error {
	fmt.Printf("Medians over %d round(s); a ratio is the median of the ratios of each round.\n", c.rounds)
	fmt.Printf("hongyan: %s · reference: %s · %d CPUs, shared with the generator · no fault in any run\n\n",
		c.reports[ours].Durability, c.reports[theirs].Durability, c.reports[ours].CPUs)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\thongyan\tagainst\tratio\tgoal\t\t") // Flush tells of errors
	for _, l := range lines {
		verdict := ""
		if l.Goal != "" {
			verdict = map[bool]string{true: "met", false: "MISSED"}[l.Met]
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.2f\t%s\t%s\t\n", l.Name, figure(l.Ours), figure(l.Theirs), l.Ratio, l.Goal, verdict)
	}
	return t.Flush()
}

// figure writes v with as many digits as mean something.
func figure(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

func (c *comparison) write(name string, lines []line) error {
	all := struct {
		Rounds  int                       `json:"rounds"`
		Lines   []line                    `json:"lines"`
		Results map[string][]bench.Result `json:"results"`
	}{c.rounds, lines, map[string][]bench.Result{}}
	for k, results := range c.results {
		all.Results[k.server+" "+k.workload] = results
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}
