package session

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
)

// Metrics counts what the sessions of an app do.
type Metrics struct {
	Connections   prometheus.Gauge
	Resent        prometheus.Counter
	Recalled      prometheus.Counter
	Edited        prometheus.Counter
	Expanded      prometheus.Counter
	Pushed        prometheus.Counter
	Behind        prometheus.Counter
	StatusDropped prometheus.Counter
	BadFrames     prometheus.Counter
	PullSize      prometheus.Histogram

	byType map[chat.ConversationType]prometheus.Counter
	byCode *prometheus.CounterVec
}

// NewMetrics registers the metrics of an app's sessions.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "hongyan", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "hongyan", Name: name, Help: help}, []string{label})
		r.MustRegister(v)
		return v
	}
	m := &Metrics{
		Connections: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "hongyan", Name: "connections", Help: "Sessions that are connected."}),
		Resent:      counter("messages_resent_total", "Messages that were a resend of one accepted before."),
		Recalled:    counter("messages_recalled_total", "Messages taken back by their senders."),
		Edited:      counter("messages_edited_total", "Messages given another content by their senders."),
		Expanded:    counter("messages_expanded_total", "Changes of the expansion of a message."),
		Pushed:      counter("messages_pushed_total", "Messages pushed to sessions of our own SDKs."),
		BadFrames:   counter("bad_frames_total", "Frames that ended their session because no client may send them."),
		PullSize: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "hongyan", Name: "pull_messages", Help: "Messages in the answer to a pull.", Buckets: []float64{0, 1, 5, 20, 50, 100, 200, 1000},
		}),
		byType: map[chat.ConversationType]prometheus.Counter{},
		byCode: vector("refused_total", "Frames refused, by the word of the code.", "code"),
	}
	r.MustRegister(m.Connections, m.PullSize)
	accepted := vector("messages_accepted_total", "Messages that are durable and acked, by conversation type.", "type")
	for _, t := range []chat.ConversationType{chat.Private, chat.Group, chat.Chatroom, chat.System} {
		m.byType[t] = accepted.WithLabelValues(t.String())
	}
	drops := vector("drops_total", "What a slow or fast client made the server leave out, by reason.", "reason")
	m.Behind = drops.WithLabelValues("push-behind")
	m.StatusDropped = drops.WithLabelValues("status")
	return m
}

func (m *Metrics) accepted(t chat.ConversationType) {
	if c := m.byType[t]; c != nil {
		c.Inc()
	}
}

func (m *Metrics) refused(code chat.Code) { m.byCode.WithLabelValues(code.String()).Inc() }
