package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Result is what one workload measured, on one server, once.
type Result struct {
	Workload    string `json:"workload"`
	Title       string `json:"title"`
	Connections int    `json:"connections"`

	Acked      int64 `json:"acked"`
	Deliveries int64 `json:"deliveries"`
	Pulls      int64 `json:"pulls"` // queries that receivers needed

	AckedPerSecond      float64 `json:"ackedPerSecond"`
	DeliveriesPerSecond float64 `json:"deliveriesPerSecond"` // until the last one
	Ack                 Latency `json:"ack"`
	Delivery            Latency `json:"delivery"` // from before the send to after the receive

	// Processor seconds.
	ServerPer1000Messages    float64 `json:"serverCpuPer1000Messages"`
	ServerPer10000Deliveries float64 `json:"serverCpuPer10000Deliveries"`
	GeneratorPer1000Messages float64 `json:"generatorCpuPer1000Messages"`

	ServerMB        float64 `json:"serverMB"` // resident when the load was over
	KBPerConnection float64 `json:"kbPerConnection,omitempty"`

	Faults Faults `json:"faults"`
}

// Latency is a distribution, in milliseconds.
type Latency struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func (h *histogram) latency() Latency {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Latency{P50: ms(h.quantile(.5)), P99: ms(h.quantile(.99)), P999: ms(h.quantile(.999)), Max: ms(h.max)}
}

func (l *load) result(before, after usage) Result {
	t := &l.tally
	server := (after.server - before.server).Seconds()
	generator := (after.generator - before.generator).Seconds()
	return Result{
		Workload: l.workload.Name, Title: l.workload.Title, Connections: len(l.clients),
		Acked: t.acked, Deliveries: t.delivered, Pulls: t.pulls,
		AckedPerSecond:           per(float64(t.acked), (t.lastAck - t.began).Seconds()),
		DeliveriesPerSecond:      per(float64(t.delivered), (t.lastDelivery - t.began).Seconds()),
		Ack:                      t.ack.latency(),
		Delivery:                 t.delivery.latency(),
		ServerPer1000Messages:    per(1000*server, float64(t.acked)),
		ServerPer10000Deliveries: per(10000*server, float64(t.delivered)),
		GeneratorPer1000Messages: per(1000*generator, float64(t.acked)),
		ServerMB:                 float64(after.memory) / (1 << 20),
		Faults:                   l.faults,
	}
}

// per is a/b, and 0 where there is no b.
func per(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Report is what one run measured on one kind of server.
type Report struct {
	Server     string   `json:"server"`
	Durability string   `json:"durability"`
	CPUs       int      `json:"cpus"`
	Results    []Result `json:"results"`
}

// Faults returns the first fault of each workload that had one.
func (r Report) Faults() []string {
	var all []string
	for _, x := range r.Results {
		if x.Faults.Any() {
			all = append(all, x.Workload+": "+x.Faults.String())
		}
	}
	return all
}

// Print writes the report as a table.
func (r Report) Print(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s · %d CPUs shared with the generator · durability: %s\n\n", r.Server, r.CPUs, r.Durability); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tacked/s\tdelivered/s\tack p50\tp99\tp999\tdelivery p50\tp99\tp999 ms\tserver CPU-s/1k\tgenerator\tpulls\tMB\tKB/conn\tfaults\t") // Flush tells of errors
	for _, x := range r.Results {
		fmt.Fprintf(t, "%s\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.4f\t%.4f\t%d\t%.0f\t%.1f\t%s\t\n",
			x.Workload, x.AckedPerSecond, x.DeliveriesPerSecond, x.Ack.P50, x.Ack.P99, x.Ack.P999,
			x.Delivery.P50, x.Delivery.P99, x.Delivery.P999,
			x.ServerPer1000Messages, x.GeneratorPer1000Messages, x.Pulls, x.ServerMB, x.KBPerConnection, x.Faults)
	}
	return t.Flush()
}
