// Package gateway is the door for clients: navigation, which tells them where
// to connect, and the WebSocket upgrade.
package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/wire"
)

// App is one app whose users may connect.
type App struct {
	// Admit says whose token it is. The error carries the code of the CONNACK.
	Admit    func(ctx context.Context, token string) (chat.UserID, error)
	Services *session.Services
}

// Config bounds a gateway. The zero value is ready to use.
type Config struct {
	// MaxFrame is the largest frame a client may send, in bytes. 0 means 512 KiB,
	// room for content and expansion at their limits.
	MaxFrame int
	// IdleTimeout ends a session whose client was silent for this long, or up
	// to twice as long. 0 means 60 seconds; official clients ping every 15.
	IdleTimeout time.Duration
	// FilesURL is where the client of a request reaches this server's files.
	// nil is nowhere.
	FilesURL func(*http.Request) string
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// Gateway turns WebSocket connections into sessions.
type Gateway struct {
	cfg    Config
	apps   map[string]App
	pumps  []*pump
	closed *prometheus.CounterVec
	ctx    context.Context // of all connections
	cancel context.CancelFunc

	mu       sync.Mutex // guards the following
	conns    map[*conn]struct{}
	draining bool
	ended    *sync.Cond // a connection ended
}

// New is a gateway to apps, by app key.
func New(apps map[string]App, cfg Config) *Gateway {
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = 512 << 10
	}
	if cfg.IdleTimeout == 0 {
		cfg.IdleTimeout = time.Minute
	}
	if cfg.FilesURL == nil {
		cfg.FilesURL = func(*http.Request) string { return "" }
	}
	g := &Gateway{
		cfg: cfg, apps: apps, conns: map[*conn]struct{}{},
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "hongyan", Name: "connections_closed_total", Help: "Connections that ended, by reason.",
		}, []string{"reason"}),
	}
	g.ended = sync.NewCond(&g.mu)
	g.ctx, g.cancel = context.WithCancel(context.Background())
	cfg.Metrics.MustRegister(g.closed)
	for range runtime.GOMAXPROCS(0) {
		g.pumps = append(g.pumps, newPump())
	}
	return g
}

// Run writes for the connections and ends those of silent clients, until ctx
// ends. Drain must have returned before.
func (g *Gateway) Run(ctx context.Context) error {
	var pumps sync.WaitGroup
	for _, p := range g.pumps {
		pumps.Go(func() { p.run(ctx.Done()) })
	}
	defer g.cancel()
	sweep := time.NewTicker(g.cfg.IdleTimeout)
	defer sweep.Stop()
	for {
		select {
		case <-sweep.C:
			g.sweep()
		case <-ctx.Done():
			pumps.Wait()
			return context.Cause(ctx)
		}
	}
}

func (g *Gateway) sweep() {
	for _, c := range g.list() {
		if c.session.Idle() {
			c.abort(session.ErrIdle)
		}
	}
}

func (g *Gateway) list() []*conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]*conn, 0, len(g.conns))
	for c := range g.conns {
		list = append(list, c)
	}
	return list
}

// Drain refuses new connections, tells all clients to connect elsewhere, and
// returns when they are gone or ctx ends; then it cuts the rest.
func (g *Gateway) Drain(ctx context.Context) {
	g.mu.Lock()
	g.draining = true
	g.mu.Unlock()
	for _, c := range g.list() {
		c.session.Drain()
	}
	cut := context.AfterFunc(ctx, func() {
		for _, c := range g.list() {
			c.abort(session.ErrDraining)
		}
	})
	defer cut()
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.conns) > 0 {
		g.ended.Wait()
	}
}

// ServeHTTP upgrades a client's request to a session. Whoever is refused gets
// a CONNACK that says why, as that is what clients understand.
// PROTOCOL.md#connect
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	app, known := g.apps[q.Get("appId")]
	user, version, err := g.admit(r.Context(), app, known, q)
	// What a client sends before it was told that it may is not read.
	netConn, _, _, upgradeErr := ws.UpgradeHTTP(r, w)
	if upgradeErr != nil {
		g.cfg.Log.Debug("upgrade failed", "remote", r.RemoteAddr, "error", upgradeErr)
		return // the client was told by the upgrade
	}
	if err != nil {
		code := chat.CodeOf(err)
		g.cfg.Log.Info("connect refused", "app", bounded(q.Get("appId")), "remote", r.RemoteAddr, "code", uint16(code), "reason", err)
		g.closed.WithLabelValues(code.String()).Inc()
		refuse(netConn, version, code)
		return
	}
	c := newConn(netConn, nil, limits{maxFrame: g.cfg.MaxFrame})
	// Nothing of the request may live on with the connection: not its context,
	// and not its address, which the parameters are parts of.
	c.session = session.New(g.ctx, c, session.Client{
		User: user, SDK: bounded(q.Get("sdkVer")), Direct: q.Get("hongyan") == "1",
		Device: fanout.Device{ID: bounded(q.Get("deviceId")), Platform: platformOf(q.Get("platform"))},
		Files:  g.cfg.FilesURL(r),
	}, app.Services)
	c.pump = g.pumps[c.session.ID()%uint64(len(g.pumps))]
	err = g.start(c, version)
	if err == nil {
		// Whoever was blocked after the first look was not there to be kicked.
		_, err = app.Admit(r.Context(), q.Get("token"))
	}
	if err != nil {
		c.abort(err)
		g.end(c, err)
		return
	}
	go func() { g.end(c, c.serve()) }()
}

// platformOf is the platform that a client names. A browser names none.
func platformOf(name string) fanout.Platform {
	switch strings.ToLower(name) {
	case "android", "ios", "harmonyos", "harmony", "mobile":
		return fanout.Mobile
	case "windows", "macos", "linux", "desktop", "pc":
		return fanout.Desktop
	case "miniprogram", "mini-program":
		return fanout.MiniProgram
	}
	return fanout.Web
}

// maxParameter bounds what is kept of a query parameter.
const maxParameter = 64

func bounded(s string) string { return strings.Clone(s[:min(len(s), maxParameter)]) }

var errNoApp = &chat.Error{Code: chat.TokenIncorrect, Reason: "appId names no app of this server"}

func (g *Gateway) admit(ctx context.Context, app App, known bool, q url.Values) (user chat.UserID, version int, err error) {
	version, err = strconv.Atoi(q.Get("protocolVer"))
	switch {
	case q.Get("protocolVer") == "":
		version = 3
	case err != nil || version != 3 && version != 4:
		return "", 3, chat.Errorf(chat.ProtocolVersion, "protocolVer %.10q is not 3 or 4", q.Get("protocolVer"))
	}
	g.mu.Lock()
	draining := g.draining
	g.mu.Unlock()
	switch {
	case draining:
		return "", version, chat.Errorf(chat.ServerUnavailable, "the server is shutting down")
	case !known:
		return "", version, errNoApp
	}
	user, err = app.Admit(ctx, q.Get("token"))
	return user, version, err
}

// connackStatus is what a CONNACK says for each code. PROTOCOL.md#connack
var connackStatus = map[chat.Code]uint8{
	chat.OK: 0, chat.ProtocolVersion: 1, chat.ServerUnavailable: 3, chat.TokenIncorrect: 4, chat.NotAuthorized: 5,
	chat.AppBlocked: 8, chat.UserBlocked: 9, chat.TokenExpired: 10,
}

// refuse says why and closes. A client that does not read it loses nothing.
func refuse(c io.WriteCloser, version int, code chat.Code) {
	status, ok := connackStatus[code]
	if !ok {
		status = connackStatus[chat.ServerUnavailable]
	}
	frame := wire.AppendConnack(nil, version, wire.Connack{Status: status})
	_, _ = c.Write(append(appendHeader(nil, ws.OpBinary, len(frame)), frame...))
	_, _ = c.Write(append(appendHeader(nil, ws.OpClose, len(closeNormal)), closeNormal...))
	_ = c.Close()
}

// end takes note that a connection ended.
func (g *Gateway) end(c *conn, reason error) {
	s := c.session
	s.Closed()
	why := word(reason)
	g.closed.WithLabelValues(why).Inc()
	g.cfg.Log.Log(g.ctx, levelOf(why), "disconnected", "user", s.User(), "session", s.ID(), "why", why, "reason", reason)
	g.mu.Lock()
	delete(g.conns, c)
	g.ended.Broadcast()
	g.mu.Unlock()
}

// levelOf is how loud an end is: connections come and go, but what a client
// did wrong is worth a line, and what we did wrong is an error.
func levelOf(why string) slog.Level {
	switch why {
	case "client", "network", "idle", "draining", "replaced":
		return slog.LevelDebug
	case "panic":
		return slog.LevelError
	}
	return slog.LevelInfo
}

// start greets the client, then lets the session hear.
func (g *Gateway) start(c *conn, version int) error {
	g.mu.Lock()
	if g.draining {
		g.mu.Unlock()
		return session.ErrDraining
	}
	g.conns[c] = struct{}{}
	g.mu.Unlock()
	// A message older than this time was sent while the client was away.
	now := max(time.Now().UnixMilli(), int64(c.session.Hub.Tick())+1)
	c.Send(wire.AppendConnack(nil, version, wire.Connack{
		User: string(c.session.User()), Session: strconv.FormatUint(c.session.ID(), 36), Time: now,
	}))
	return c.session.Start()
}

// word is the reason of an end as a metric label.
func word(reason error) string {
	var coded *chat.Error
	switch {
	case errors.Is(reason, io.EOF), errors.Is(reason, session.ErrDisconnect):
		return "client"
	case errors.Is(reason, session.ErrKicked):
		return "kicked"
	case errors.Is(reason, session.ErrReplaced):
		return "replaced"
	case errors.Is(reason, session.ErrIdle):
		return "idle"
	case errors.Is(reason, session.ErrDraining):
		return "draining"
	case errors.Is(reason, errPanic):
		return "panic"
	case errors.Is(reason, errSlow):
		return "slow"
	case errors.Is(reason, errTooBig):
		return "frame-too-big"
	case errors.Is(reason, errFrame):
		return "bad-frame"
	case errors.As(reason, &coded):
		return coded.Code.String()
	}
	return "network"
}
