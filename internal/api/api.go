// Package api is the REST Server API: what an app's own server asks of
// Hongyan.
//
// Every request is a POST of a form to a path that ends in .json, signed as
// package auth says. Every answer is a JSON object with a number code, 200 when
// it worked. An error answer has the same text under errorMessage and msg,
// because official SDKs read one or the other, and it names the parameter and
// its limit. What does not exist is no error: quitting a group one is not in,
// or recalling an unknown message, is answered with 200 as official servers do.
package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Store is what the API reads.
type Store interface {
	store.Users
	store.Groups
	store.Blacklists
	Messages(ctx context.Context, ids []chat.ID) ([]*chat.Message, error)
}

// Writer is how the API changes things. What it accepted is on stable storage.
type Writer interface {
	// Send accepts messages of one call in order; errs[i] is nil or a *chat.Error.
	Send(ctx context.Context, check roster.Check, msgs ...*chat.Message) (errs []error)
	// Change commits changes together.
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Roster says who may send to whom.
type Roster interface {
	Whitelist(ctx context.Context, user chat.UserID) ([]chat.UserID, error)
	UsesWhitelist(ctx context.Context, user chat.UserID) (bool, error)
	MutedInPrivate(ctx context.Context) ([]roster.MutedUser, error)
	MutedInGroup(ctx context.Context, group string) ([]roster.MutedUser, error)
	ClosedGroups(ctx context.Context) ([]string, error)
	Exempt(ctx context.Context, group string) ([]chat.UserID, error)
	MutedInUltraGroup(ctx context.Context, group, channel string) ([]chat.UserID, error)
	ExemptedInUltraGroup(ctx context.Context, group string) ([]chat.UserID, error)
}

// Editor changes messages that were sent.
type Editor interface {
	Recall(ctx context.Context, r amend.Recall) (chat.ID, error)
	Edit(ctx context.Context, x amend.Edit) (*chat.Message, chat.Tick, error)
	Expand(ctx context.Context, x amend.Expansion) (chat.ID, error)
}

// Presence is about the live sessions of users.
type Presence interface {
	Online(user chat.UserID) bool
	// Kick ends the sessions of a user, who is told the code.
	Kick(user chat.UserID, code chat.Code)
}

// App is one app and what its requests act on. All fields but TokenLife are needed.
type App struct {
	Key        string
	Signatures *auth.Signatures
	Tokens     *auth.Tokens
	TokenLife  time.Duration // 0 means that tokens do not expire

	Store    Store
	Writer   Writer
	Roster   Roster
	Content  wire.ContentLimits
	Editor   Editor
	Rooms    Rooms
	Ultra    Ultra
	Presence Presence
}

// Config bounds the API. The zero value is ready to use.
type Config struct {
	// Rate is how many calls a second each app may make to each endpoint, with
	// bursts of a second's worth; more are answered with HTTP 429 and code
	// 1008. 0 is no limit: the caller is the operator's own server, and the
	// cloud's 100 a second protects the cloud.
	Rate float64

	// GroupMembers and Blacklist bound how many users are in one group and in
	// one user's blacklist or whitelist. 0 means 3,000; below 0 is no limit.
	GroupMembers, Blacklist int

	// Reading is how long a request's body may take to arrive. 0 means 10 seconds.
	Reading time.Duration

	// Log gets our own failures as errors, and refusals at debug level. nil
	// means slog.Default().
	Log *slog.Logger

	// Now is the clock. nil means time.Now.
	Now func() time.Time
}

// Server answers the requests of all apps. It is an http.Handler; see also
// CleanPath.
type Server struct {
	cfg  Config
	apps map[string]*realm
}

// realm is an app with what the API keeps for it.
type realm struct {
	App
	cfg    *Config
	limits map[string]*rate.Limiter // by path; nil when calls are not limited
	users  stripes
}

// New is the API of apps.
func New(cfg Config, apps ...App) *Server {
	cfg.GroupMembers = limitOf(cfg.GroupMembers)
	cfg.Blacklist = limitOf(cfg.Blacklist)
	cfg.Reading = cmp.Or(cfg.Reading, 10*time.Second)
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{cfg: cfg, apps: make(map[string]*realm, len(apps))}
	for _, a := range apps {
		s.apps[a.Key] = newRealm(a, &s.cfg)
	}
	return s
}

func limitOf(n int) int {
	if n < 0 {
		return math.MaxInt
	}
	return cmp.Or(n, 3000)
}

func newRealm(a App, cfg *Config) *realm {
	r := &realm{App: a, cfg: cfg}
	if cfg.Rate > 0 {
		r.limits = make(map[string]*rate.Limiter, len(endpoints))
		for path := range endpoints {
			r.limits[path] = rate.NewLimiter(rate.Limit(cfg.Rate), max(1, int(cfg.Rate)))
		}
	}
	return r
}

// endpoint does what one path is for and returns the fields of the answer.
type endpoint func(ctx context.Context, a *realm, f *form) (fields, error)

// endpoints are the paths, without their .json.
var endpoints = merge(ultraEndpoints, chatroomEndpoints, map[string]endpoint{
	"/user/getToken":     getToken,
	"/user/refresh":      refreshUser,
	"/user/token/expire": expireTokens,
	"/user/block":        blockUser,
	"/user/unblock":      unblockUser,
	"/user/checkOnline":  checkOnline,

	"/user/blacklist/add":    addToBlacklist,
	"/user/blacklist/remove": removeFromBlacklist,
	"/user/blacklist/query":  queryBlacklist,

	"/user/whitesetting/set":   setWhitelists,
	"/user/whitesetting/query": queryWhitelists,
	"/user/whitelist/add":      addToWhitelist,
	"/user/whitelist/remove":   removeFromWhitelist,
	"/user/whitelist/query":    queryWhitelist,

	"/user/chat/fb/set":       mutePrivate,
	"/user/chat/fb/querylist": queryMutedPrivate,

	"/group/user/gag/add":                muteInGroup,
	"/group/user/gag/rollback":           unmuteInGroup,
	"/group/user/gag/list":               listMutedInGroup,
	"/group/ban/add":                     closeGroups,
	"/group/ban/rollback":                openGroups,
	"/group/ban/query":                   queryClosedGroups,
	"/group/user/ban/whitelist/add":      exempt,
	"/group/user/ban/whitelist/rollback": noExempt,
	"/group/user/ban/whitelist/query":    queryExempt,

	"/group/create":     joinGroup, // creating a group is joining one that is not there
	"/group/join":       joinGroup,
	"/group/quit":       quitGroup,
	"/group/dismiss":    dismissGroup,
	"/group/refresh":    refreshGroup,
	"/group/user/query": queryGroup,

	"/message/private/publish":  publishPrivate,
	"/message/group/publish":    publishGroup,
	"/message/chatroom/publish": publishChatroom,
	"/message/system/publish":   publishSystem,
	"/message/recall":           recall,
	"/message/private/modify":   editPrivate,
	"/message/group/modify":     editGroup,
	"/message/expansion/set":    expand,
	"/message/expansion/delete": unexpand,
	"/message/expansion/query":  queryExpansion,
})

func merge(tables ...map[string]endpoint) map[string]endpoint {
	all := map[string]endpoint{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// From here on, because a body that nobody asked for is awaited as well,
	// also after a refusal. A response without a connection to set a deadline
	// on, as in tests, has no slow client either.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.cfg.Reading))
	id := requestID(r.Header)
	w.Header().Set("X-Request-ID", id)
	answer, err := s.serve(w, r)
	if err == nil {
		write(w, http.StatusOK, answer.with("code", http.StatusOK))
		return
	}
	no := refusalOf(err)
	log := s.cfg.Log.With("path", r.URL.Path, "app", auth.AppKey(r.Header), "request", id, "code", no.code, "error", err)
	if no.status >= http.StatusInternalServerError {
		log.Error("api: call failed")
	} else {
		log.Debug("api: call refused")
	}
	write(w, no.status, answer.with("code", no.code).with("errorMessage", no.reason).with("msg", no.reason))
}

// serve does what r asks. The fields belong into the answer with an error, too.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) (fields, error) {
	a, ok := s.apps[auth.AppKey(r.Header)]
	if !ok {
		return nil, chat.Errorf(chat.NotAuthorized, "header App-Key names no app of this server")
	}
	if err := a.Signatures.Check(r.Header, s.cfg.Now()); err != nil {
		return nil, err
	}
	name, _ := strings.CutSuffix(path.Clean("/"+r.URL.Path), ".json")
	do, ok := endpoints[name]
	if !ok || !strings.HasSuffix(r.URL.Path, ".json") {
		return nil, &refusal{http.StatusNotFound, http.StatusNotFound, "there is no such call"}
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refusal{http.StatusMethodNotAllowed, http.StatusMethodNotAllowed, "use POST"}
	}
	if limit := a.limits[name]; limit != nil && !limit.AllowN(s.cfg.Now(), 1) {
		return nil, chat.Errorf(chat.TooFrequent, "over %s calls a second to %s",
			strconv.FormatFloat(s.cfg.Rate, 'g', -1, 64), name)
	}
	f, err := readForm(w, r)
	if err != nil {
		return nil, err
	}
	return do(r.Context(), a, f)
}

// requestID is the caller's name for the request, or a new one.
func requestID(h http.Header) string {
	if id := h.Get("X-Request-ID"); id != "" && len(id) <= 128 {
		return id
	}
	return rand.Text()
}

// CleanPath has next see the path without doubled slashes, which an official
// SDK sends. http.ServeMux redirects such a request, and a redirected POST
// loses its form: wrap the mux that the API is mounted in.
func CleanPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "//") {
			u, clean := *r.URL, *r
			u.Path, u.RawPath = path.Clean(u.Path), ""
			clean.URL = &u
			r = &clean
		}
		next.ServeHTTP(w, r)
	})
}
