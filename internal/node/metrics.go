package node

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
)

// commitMetrics are about what a store makes durable.
type commitMetrics struct {
	messages prometheus.Histogram
	bytes    prometheus.Counter
	sync     prometheus.Histogram
	total    prometheus.Histogram
}

func newCommitMetrics(r prometheus.Registerer) *commitMetrics {
	seconds := prometheus.ExponentialBuckets(0.0001, 2, 14) // 0.1 ms to 0.8 s
	m := &commitMetrics{
		messages: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "hongyan", Name: "commit_messages", Help: "Messages in a commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 13),
		}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "hongyan", Name: "commit_bytes_total", Help: "Bytes written to the write-ahead log.",
		}),
		sync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "hongyan", Name: "commit_fsync_seconds", Help: "Time a commit waited for the disk.", Buckets: seconds,
		}),
		total: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "hongyan", Name: "commit_seconds", Help: "Time a commit took.", Buckets: seconds,
		}),
	}
	r.MustRegister(m.messages, m.bytes, m.sync, m.total)
	return m
}

// registerPresence has who is online among the metrics.
func registerPresence(r prometheus.Registerer, h *fanout.Hub, w *fanout.Watcher) {
	r.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "hongyan", Name: "users_online", Help: "Users with at least one session.",
		}, func() float64 { return float64(h.Users()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "hongyan", Name: "presence_missed_total", Help: "Changes of presence that whoever watches was too slow for.",
		}, func() float64 { return float64(w.Missed()) }),
	)
}

func (m *commitMetrics) observe(c embedded.CommitStats) {
	m.messages.Observe(float64(c.Messages))
	m.bytes.Add(float64(c.Bytes))
	m.sync.Observe(c.Sync.Seconds())
	m.total.Observe((c.Build + c.Apply + c.Sync).Seconds())
}

// roomMetrics are about what chatrooms have no room for.
type roomMetrics struct{ drops *prometheus.CounterVec }

func newRoomMetrics(r prometheus.Registerer) *roomMetrics {
	m := &roomMetrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "hongyan", Name: "chatroom_drops_total", Help: "Messages refused because a chatroom had too many at once, by priority.",
	}, []string{"priority"})}
	r.MustRegister(m.drops)
	return m
}

func (m *roomMetrics) dropped(priority string) { m.drops.WithLabelValues(priority).Inc() }
