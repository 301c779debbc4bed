package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics count what is asked and how it was answered, by route: none of their
// labels grows with the number of accounts, rows or addresses.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	queries  *prometheus.HistogramVec
	underWay prometheus.Gauge
}

func newMetrics() *metrics {
	route := []string{"method", "route"}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "igny8_http_requests_total", Help: "Requests that were answered."}, append(route, "status")),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "igny8_http_request_seconds", Help: "How long requests took.", Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 10)}, route),
		queries:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "igny8_http_request_queries", Help: "Statements that requests sent to the database.", Buckets: []float64{0, 2, 5, 10, 20, 50, 100}}, route),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Name: "igny8_http_requests_under_way", Help: "Requests that are being answered."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.queries, m.underWay, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// count is called once for each request that has ended.
func (m *metrics) count(r *http.Request, rec *record, took time.Duration) {
	method, route := methodOf(r), routeOf(r)
	m.requests.WithLabelValues(method, route, strconv.Itoa(rec.status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
	m.queries.WithLabelValues(method, route).Observe(float64(rec.queries.Load()))
}

// methodOf is the method, if it is one that there is: anybody can send another.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// Metrics answers Prometheus. It has no guard of its own: it belongs on a
// listener that only operators reach.
func (s *Server) Metrics() http.Handler {
	s.prepare()
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
}
