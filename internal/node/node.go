package node

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/crypto/acme/autocert"

	"github.com/hongyan-im/hongyan/internal/api"
	"github.com/hongyan-im/hongyan/internal/gateway"
	"github.com/hongyan-im/hongyan/internal/media"
)

// Node is a server. New opens it, Run runs it once.
type Node struct {
	cfg      Config
	listener net.Listener
	secure   bool
	realms   []*realm
	gateway  *gateway.Gateway
	files    *media.Handler
	server   *http.Server
	ready    atomic.Bool
}

// New opens the stores and binds the address, so that a node that cannot run
// says so before it is relied on.
func New(cfg Config) (_ *Node, err error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg}
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	doors := map[string]gateway.App{}
	var apis []api.App
	files := map[string]*media.Files{}
	for _, app := range cfg.Apps {
		r, err := openRealm(&n.cfg, app, prometheus.WrapRegistererWith(prometheus.Labels{"app": app.Key}, registry))
		if err != nil {
			return nil, fmt.Errorf("app %s: %w", app.Key, err)
		}
		n.realms = append(n.realms, r)
		doors[app.Key] = r.gatewayApp()
		files[app.Key] = r.files
		apis = append(apis, r.apiApp())
	}
	navigation := gateway.Navigation{
		Address: cfg.PublicAddress, TrustForwarded: cfg.TrustForwarded, FlagByte: cfg.FlagByte, Apps: appNavigation(cfg.Apps),
		Counting: n.cfg.counting, Files: cfg.Files.URL, Storage: cfg.Files.uploadTarget(),
	}
	n.gateway = gateway.New(doors, gateway.Config{
		MaxFrame: cfg.MaxFrame, IdleTimeout: cfg.IdleTimeout, FilesURL: navigation.FilesURL, Log: n.cfg.Log, Metrics: registry,
	})
	n.files = media.NewHandler(files)
	handler, err := n.routes(navigation, api.New(n.cfg.api(), apis...), registry)
	if err != nil {
		return nil, err
	}
	if err := n.listen(); err != nil {
		return nil, err
	}
	n.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second, // a WebSocket is out of its reach once it is upgraded
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(n.cfg.Log.Handler(), slog.LevelDebug),
	}
	return n, nil
}

func (n *Node) routes(directions gateway.Navigation, server *api.Server, registry *prometheus.Registry) (http.Handler, error) {
	navigation, err := directions.Handler()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/v2/navi.json", navigation)
	mux.Handle("/navi.js", navigation)
	mux.Handle("/websocket", n.gateway)
	mux.Handle(media.Path, n.files)
	mux.Handle(media.Path+"/", n.files)
	for _, part := range []string{"/user/", "/group/", "/ultragroup/", "/chatroom/", "/message/"} {
		mux.Handle(part, server)
	}
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", n.health)
	mux.HandleFunc("/readyz", n.readiness)
	if n.cfg.Dev {
		n.mountDemo(mux, directions)
	}
	return api.CleanPath(mux), nil
}

// appNavigation is what the clients of each app are told.
func appNavigation(apps []App) map[string]gateway.AppNavigation {
	told := map[string]gateway.AppNavigation{}
	for _, a := range apps {
		told[a.Key] = gateway.AppNavigation{
			Receipts:    a.Receipts.Navigation(),
			EditMinutes: int((a.EditWindow + time.Minute - 1) / time.Minute),
		}
	}
	return told
}

// health answers as long as the process does anything at all.
func (n *Node) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{ // the client went away
		"status": "ok", "version": n.cfg.Version, "durability": "fsync before ack",
	})
}

// readiness answers 200 while the node takes new connections.
func (n *Node) readiness(w http.ResponseWriter, _ *http.Request) {
	if !n.ready.Load() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (n *Node) listen() (err error) {
	n.listener, err = net.Listen("tcp", n.cfg.Listen)
	if err != nil {
		return err
	}
	conf, err := n.tls()
	if conf != nil {
		n.secure = true
		n.listener = tls.NewListener(n.listener, conf)
	}
	return err
}

func (n *Node) tls() (*tls.Config, error) {
	switch {
	case n.cfg.TLSCert != "":
		cert, err := tls.LoadX509KeyPair(n.cfg.TLSCert, n.cfg.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}, nil
	case len(n.cfg.ACMEDomains) > 0:
		cache := n.cfg.ACMECache
		if cache == "" {
			cache = filepath.Join(n.cfg.Data, "acme")
		}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(n.cfg.ACMEDomains...), Cache: autocert.DirCache(cache),
		}
		conf := m.TLSConfig()
		conf.NextProtos = []string{"http/1.1", "acme-tls/1"} // a WebSocket needs HTTP/1.1
		return conf, nil
	}
	return nil, nil
}

// Addr is the address that the node listens on, host:port.
func (n *Node) Addr() string { return n.listener.Addr().String() }

// URL is where the node is reached from this machine.
func (n *Node) URL() string {
	if n.secure {
		return "https://" + n.Addr()
	}
	return "http://" + n.Addr()
}

// Run serves until ctx ends, then drains: it finishes what it accepted, tells
// clients to connect elsewhere, and closes the stores. It returns nil after a
// drain, and otherwise what made it impossible to go on.
func (n *Node) Run(ctx context.Context) error {
	defer n.close()
	failed, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	start := func(ctx context.Context, run func(context.Context) error) {
		all.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				fail(err)
			}
		})
	}
	writing, stopWriting := context.WithCancel(context.Background())
	following, stopFollowing := context.WithCancel(context.Background())
	var writers sync.WaitGroup
	for _, r := range n.realms {
		writers.Add(1)
		start(writing, func(ctx context.Context) error {
			defer writers.Done()
			return r.writer.Run(ctx)
		})
		start(following, r.follow)
		start(following, r.watch)
		start(following, r.rooms.Run)
		start(following, r.files.Run)
	}
	start(following, n.gateway.Run)
	start(following, func(context.Context) error {
		if err := n.server.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	n.ready.Store(true)
	select {
	case <-ctx.Done():
	case <-failed.Done():
	}

	// In this order: nobody new, no new messages, the acks of the old ones,
	// then the goodbye.
	n.ready.Store(false)
	patience, cancel := context.WithTimeout(context.Background(), n.cfg.DrainTimeout)
	defer cancel()
	stopWriting()
	writers.Wait()
	n.gateway.Drain(patience)
	err := n.server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		// Who uploads goes on with the next server, who downloads as well.
		err = n.server.Close()
	}
	n.files.Wait()
	stopFollowing()
	all.Wait()
	if cause := context.Cause(failed); cause != nil {
		return cause
	}
	return err
}

// close ends what New opened.
func (n *Node) close() {
	if n.listener != nil {
		_ = n.listener.Close() // closed already, or of no use any more
	}
	for _, r := range n.realms {
		if err := r.store.Close(); err != nil {
			n.cfg.Log.Error("closing a store", "app", r.app.Key, "error", err)
		}
	}
}
