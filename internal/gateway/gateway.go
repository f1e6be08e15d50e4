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
	"sync/atomic"
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
	lines  atomic.Uint64 // connections so far
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
		if c.handler.Idle() {
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
		c.handler.Drain()
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

// ServeHTTP upgrades a client's request to a session, or to a connection that
// sessions share. Whoever is refused gets a CONNACK that says why, as that is
// what clients understand.
// PROTOCOL.md#connect
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Nothing of the request may live on with the connection: not its context,
	// and not its address, which the parameters are parts of.
	q, from := r.URL.Query(), place{remote: strings.Clone(r.RemoteAddr), files: g.cfg.FilesURL(r), line: g.lines.Add(1)}
	if q.Get("shared") == "1" {
		if c := g.upgrade(w, r, from, laneHead); c != nil {
			g.serveShared(c, q, from)
		}
		return
	}
	a, err := g.admit(r.Context(), q)
	// What a client sends before it was told that it may is not read.
	c := g.upgrade(w, r, from, 0)
	if c == nil {
		return
	}
	if err != nil {
		refuse(c.net, g.refusal(q, from, a.version, err))
		return
	}
	s := session.New(g.ctx, c, client(q, a.user, from), a.app.Services)
	c.handler = s
	if err = g.add(c); err == nil {
		err = g.begin(r.Context(), s, c, q, a)
	}
	if err != nil {
		c.abort(err)
		g.end(s, err)
		g.remove(c)
		return
	}
	go func() {
		g.end(s, c.serve())
		g.remove(c)
	}()
}

// place is where a client is.
type place struct {
	remote string
	files  string // the URL under which it reaches this server's files
	line   uint64 // its connection
}

// upgrade is the connection of a request, nil when it has failed. What a
// message holds beside a frame has head bytes.
func (g *Gateway) upgrade(w http.ResponseWriter, r *http.Request, from place, head int) *conn {
	netConn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		g.cfg.Log.Debug("upgrade failed", "remote", from.remote, "error", err)
		return nil // the client was told by the upgrade
	}
	return newConn(netConn, g.pumps[from.line%uint64(len(g.pumps))], limits{maxFrame: g.cfg.MaxFrame + head})
}

// client is who connects by q.
func client(q url.Values, user chat.UserID, from place) session.Client {
	return session.Client{
		User: user, SDK: bounded(q.Get("sdkVer")), Direct: q.Get("hongyan") == "1",
		Device: fanout.Device{ID: bounded(q.Get("deviceId")), Platform: platformOf(q.Get("platform")), Line: from.line},
		Files:  from.files,
	}
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

// admitted is who may connect, to which app, and how the client is answered.
type admitted struct {
	app     App
	user    chat.UserID
	version int
}

func (g *Gateway) admit(ctx context.Context, q url.Values) (admitted, error) {
	version, err := strconv.Atoi(q.Get("protocolVer"))
	switch {
	case q.Get("protocolVer") == "":
		version = 3
	case err != nil || version != 3 && version != 4:
		return admitted{version: 3}, chat.Errorf(chat.ProtocolVersion, "protocolVer %.10q is not 3 or 4", q.Get("protocolVer"))
	}
	a := admitted{version: version}
	g.mu.Lock()
	draining := g.draining
	g.mu.Unlock()
	if draining {
		return a, chat.Errorf(chat.ServerUnavailable, "the server is shutting down")
	}
	known := false
	if a.app, known = g.apps[q.Get("appId")]; !known {
		return a, errNoApp
	}
	a.user, err = a.app.Admit(ctx, q.Get("token"))
	return a, err
}

// connackStatus is what a CONNACK says for each code. PROTOCOL.md#connack
var connackStatus = map[chat.Code]uint8{
	chat.OK: 0, chat.ProtocolVersion: 1, chat.ServerUnavailable: 3, chat.TokenIncorrect: 4, chat.NotAuthorized: 5,
	chat.AppBlocked: 8, chat.UserBlocked: 9, chat.TokenExpired: 10,
}

// refusal takes note that nobody is connected by q, and is the frame that says why.
func (g *Gateway) refusal(q url.Values, from place, version int, err error) []byte {
	code := chat.CodeOf(err)
	g.cfg.Log.Info("connect refused", "app", bounded(q.Get("appId")), "remote", from.remote, "code", uint16(code), "reason", err)
	g.closed.WithLabelValues(code.String()).Inc()
	status, ok := connackStatus[code]
	if !ok {
		status = connackStatus[chat.ServerUnavailable]
	}
	return wire.AppendConnack(nil, version, wire.Connack{Status: status})
}

// refuse says why and closes. A client that does not read it loses nothing.
func refuse(c io.WriteCloser, frame []byte) {
	_, _ = c.Write(append(appendHeader(nil, ws.OpBinary, len(frame)), frame...))
	_, _ = c.Write(append(appendHeader(nil, ws.OpClose, len(closeNormal)), closeNormal...))
	_ = c.Close()
}

// add has c be one of the gateway's connections.
func (g *Gateway) add(c *conn) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.draining {
		return session.ErrDraining
	}
	g.conns[c] = struct{}{}
	return nil
}

// remove takes note that a connection ended, after its sessions did.
func (g *Gateway) remove(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
	g.ended.Broadcast()
}

// end takes note that a session ended.
func (g *Gateway) end(s *session.Session, reason error) {
	s.Closed()
	why := word(reason)
	g.closed.WithLabelValues(why).Inc()
	g.cfg.Log.Log(g.ctx, levelOf(why), "disconnected", "user", s.User(), "session", s.ID(), "why", why, "reason", reason)
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

// begin greets the client of s over conn, then lets s hear.
func (g *Gateway) begin(ctx context.Context, s *session.Session, conn session.Conn, q url.Values, a admitted) error {
	// A message older than this time was sent while the client was away.
	now := max(time.Now().UnixMilli(), int64(s.Hub.Tick())+1)
	conn.Send(wire.AppendConnack(nil, a.version, wire.Connack{
		User: string(s.User()), Session: strconv.FormatUint(s.ID(), 36), Time: now,
	}))
	if err := s.Start(); err != nil {
		return err
	}
	// Whoever was blocked after the first look was not there to be kicked.
	_, err := a.app.Admit(ctx, q.Get("token"))
	return err
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
