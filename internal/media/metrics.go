package media

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
)

// metrics counts what happens to the files of an app.
type metrics struct {
	files, bytes, served, unsent prometheus.Counter
	total                        prometheus.Gauge
	refusals                     *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "hongyan", Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	m := &metrics{
		files:  counter("files_uploaded_total", "Files that were uploaded and are durable."),
		bytes:  counter("files_uploaded_bytes_total", "Bytes of those files."),
		served: counter("files_served_bytes_total", "Bytes of files that this server sent to readers."),
		unsent: counter("files_unsent_deleted_total", "Files, or tickets without one, that were deleted because no message named them."),
		total:  prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "hongyan", Name: "files_bytes", Help: "Bytes of all files there are."}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "hongyan", Name: "files_refused_total", Help: "Tickets and uploads refused, by the word of the code.",
		}, []string{"code"}),
	}
	r.MustRegister(m.total, m.refusals)
	return m
}

func (m *metrics) refused(err error) { m.refusals.WithLabelValues(chat.CodeOf(err).String()).Inc() }
