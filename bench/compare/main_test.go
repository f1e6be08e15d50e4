package main

import (
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/internal/bench"
)

func TestMedian(t *testing.T) {
	if got := median([]float64{3, 1, 2}); got != 2 {
		t.Errorf("median of three is %v", got)
	}
	if got := median([]float64{4, 1, 2, 3}); got != 2.5 {
		t.Errorf("median of four is %v", got)
	}
}

func TestBothServersMeetEveryWorkloadInTurn(t *testing.T) {
	c := comparison{preload: 1}
	first, second := c.schedule(0), c.schedule(1)
	turned := slices.Clone(first[:3])
	slices.Reverse(turned)
	if len(first) != len(second) || !slices.Equal(turned, second[:3]) {
		t.Errorf("rounds %v and %v", first, second)
	}
	if want := []key{{ours, "w1-full"}, {ours, "w1"}, {theirs, "w1"}}; !slices.Equal(first[:3], want) {
		t.Errorf("a round begins with %v: what is compared must be neighbours", first[:3])
	}
	c.preload = 0
	if slices.Contains(c.schedule(0), key{ours, "w1-full"}) {
		t.Error("a store that is not to be filled is measured")
	}
	for _, k := range first {
		if _, ok := bench.Find(k.workload); !ok {
			t.Errorf("there is no workload %q", k.workload)
		}
	}
}

func TestLinesHoldOursAgainstTheirs(t *testing.T) {
	of := func(acked, p99, kb float64) bench.Result {
		return bench.Result{AckedPerSecond: acked, Ack: bench.Latency{P99: p99}, KBPerConnection: kb}
	}
	c := comparison{results: map[key][]bench.Result{
		{ours, "w1"}:      {of(80, 30, 0), of(10, 30, 0), of(70, 30, 0)},
		{theirs, "w1"}:    {of(100, 10, 0), of(20, 10, 0), of(100, 10, 0)},
		{ours, "w1-full"}: {of(40, 0, 0), of(10, 0, 0), of(70, 0, 0)},
		{ours, "w3"}:      {of(0, 0, 11)},
		{theirs, "w3"}:    {of(0, 0, 22)},
	}}
	got := map[string]line{}
	for _, l := range c.lines() {
		got[l.Name] = l
	}
	for _, want := range []line{
		{Name: "W1 acked/s", Ours: 70, Theirs: 100, Ratio: .7, Goal: "ratio ≥ 0.7", Met: true},
		{Name: "W1 ack p99, ms", Ours: 30, Theirs: 10, Ratio: 3, Goal: "ratio ≤ 2"},
		{Name: "W1 acked/s, full store against empty", Ours: 40, Theirs: 70, Ratio: 1, Goal: "ratio ≥ 0.9", Met: true},
		{Name: "W3 KB per connection", Ours: 11, Theirs: 22, Ratio: .5, Goal: "≤ 10"},
	} {
		if got[want.Name] != want {
			t.Errorf("got %+v, want %+v", got[want.Name], want)
		}
	}
	if _, ok := got["W4 acked/s"]; ok {
		t.Error("a workload that did not run has a line")
	}
}
