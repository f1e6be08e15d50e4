package media

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Type is what kind of file a client says it uploads.
type Type int32

// The types. The numbers are the protocol's.
const (
	Image Type = iota + 1
	Audio
	Video
	File
	Sight
	HTML // a page of combined messages
)

// Types are the names of the types in a configuration.
var Types = map[string]Type{"image": Image, "audio": Audio, "video": Video, "file": File, "sight": Sight, "html": HTML}

// Limits bound what users may upload.
type Limits struct {
	// Size is the largest file in bytes. 0 means 5 GiB, which is also the most
	// that official clients take.
	Size int64
	// SizeOf replaces Size for files of a type.
	SizeOf map[Type]int64
	// Quota is how many bytes the files of the app may have together. 0 is no limit.
	Quota int64
	// Uploads is how many requests of a user may upload at once. 0 means 16.
	Uploads int
	// UnsentLife is how long a file is kept that no message names. 0 means 24 hours.
	UnsentLife time.Duration
}

const (
	defaultSize       = 5 << 30
	defaultUploads    = 16
	defaultUnsentLife = 24 * time.Hour

	// ticketLife is how long after it was given a ticket begins an upload. One
	// that has begun is not bound to it.
	ticketLife = time.Hour

	maxKey   = 512  // bytes of a file's key
	maxQuery = 1024 // bytes of the query that a ticket is for
)

// Writer commits changes.
type Writer interface {
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Config is what the files of an app need. All but Limits must be given.
type Config struct {
	App, Secret string
	Limits      Limits
	Blobs       Blobs
	Entries     store.Entries
	Writer      Writer
	Metrics     prometheus.Registerer
	Log         *slog.Logger
	// Now is the clock; nil means the system's.
	Now func() time.Time
}

// Files are the files of one app.
type Files struct {
	cfg       Config
	direct    Direct // nil when clients upload to this server
	ticketKey []byte
	idKey     []byte
	parser    *jwt.Parser
	metrics   *metrics

	mu        sync.Mutex // guards the following, and the order of commits that change them
	total     int64
	uploading map[chat.UserID]int
	chunked   map[string]*chunkedUpload
}

// New is the files of an app.
func New(cfg Config) (*Files, error) {
	l := &cfg.Limits
	if l.Size == 0 {
		l.Size = defaultSize
	}
	if l.Uploads == 0 {
		l.Uploads = defaultUploads
	}
	if l.UnsentLife == 0 {
		l.UnsentLife = defaultUnsentLife
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	f := &Files{
		cfg: cfg, uploading: map[chat.UserID]int{}, chunked: map[string]*chunkedUpload{},
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation()),
	}
	f.direct, _ = cfg.Blobs.(Direct)
	var err error
	// Keys of their own keep the uses of the secret apart.
	if f.ticketKey, err = hkdf.Key(sha256.New, []byte(cfg.Secret), nil, "hongyan upload ticket", sha256.Size); err != nil {
		return nil, err
	}
	if f.idKey, err = hkdf.Key(sha256.New, []byte(cfg.Secret), nil, "hongyan file id", sha256.Size); err != nil {
		return nil, err
	}
	f.metrics = newMetrics(cfg.Metrics)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f, f.load(context.Background())
}

// Owners of the entries, beside "" for the files themselves.
const (
	ownerUnsent = "unsent" // by id: files and, where clients talk to the storage, tickets
	ownerTotal  = "total"  // one entry: the bytes of all files
)

// file is what is known of a file, as JSON in its entry.
type file struct {
	User        chat.UserID `json:"user"`
	Key         string      `json:"key"`
	Name        string      `json:"name,omitempty"`
	Type        string      `json:"type"` // a media type, as the uploader said
	Size        int64       `json:"size"`
	Inline      bool        `json:"inline,omitempty"`
	Uploaded    int64       `json:"uploaded"` // milliseconds since 1970
	id          string
	disposition string
}

func (f *file) name() Name { return Name{ID: f.id, Key: f.Key} }

// etag changes whenever a file's content does.
func (f *file) etag() string { return fmt.Sprintf(`"%x-%x"`, f.Uploaded, f.Size) }

// unsent is the value of an entry of ownerUnsent.
type unsent struct {
	Key   string      `json:"key"`
	User  chat.UserID `json:"user"`
	Since int64       `json:"since"`         // milliseconds since 1970
	Max   int64       `json:"max,omitempty"` // of a ticket: bytes
}

// idPrefix begins every id. Ids are looked for in the content of every message,
// so there is a character in it that is rare there.
const idPrefix = "f" + idMark

const idMark = "~"

var base32hex = base32.HexEncoding.WithPadding(base32.NoPadding)

const (
	idBytes  = 20
	idLength = len(idPrefix) + idBytes*8/5
)

// id is the id of a user's file.
func (f *Files) id(user chat.UserID, key string) string {
	h := hmac.New(sha256.New, f.idKey)
	h.Write([]byte(string(user) + "\x00" + key))
	return idPrefix + strings.ToLower(base32hex.EncodeToString(h.Sum(nil)[:idBytes]))
}

// isID reports whether s could be an id.
func isID(s string) bool {
	if len(s) != idLength || !strings.HasPrefix(s, idPrefix) {
		return false
	}
	for _, c := range []byte(s[len(idPrefix):]) {
		if !('a' <= c && c <= 'v' || '0' <= c && c <= '9') {
			return false
		}
	}
	return true
}

// Request asks for a ticket.
type Request struct {
	User   chat.UserID
	Type   Type
	Key    string
	Size   int64 // bytes; 0 is not known
	Method string
	Query  string // of the request that the ticket is for; both are empty for a file in one piece
}

// Ticket lets its holder upload one file, or make one request of an upload in
// parts.
type Ticket struct {
	Token   string
	Expires time.Time
	Signature
}

// claims are what a ticket says.
type claims struct {
	App    string `json:"app"`
	Key    string `json:"key"`
	Type   Type   `json:"typ"`
	Max    int64  `json:"max"` // bytes
	Method string `json:"m,omitempty"`
	Query  string `json:"q,omitempty"`
	jwt.RegisteredClaims
}

// Ticket returns a ticket, or an error whose code says why there is none.
func (f *Files) Ticket(ctx context.Context, r Request) (Ticket, error) {
	limit, err := f.check(r)
	if err != nil {
		f.metrics.refused(err)
		return Ticket{}, err
	}
	now := f.cfg.Now()
	name := Name{ID: f.id(r.User, r.Key), Key: r.Key}
	c := claims{App: f.cfg.App, Key: r.Key, Type: r.Type, Max: limit, Method: r.Method, Query: r.Query}
	c.Subject, c.ExpiresAt = string(r.User), jwt.NewNumericDate(now.Add(ticketLife))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(f.ticketKey)
	if err != nil {
		return Ticket{}, err
	}
	t := Ticket{Token: token, Expires: c.ExpiresAt.Time}
	if f.direct == nil {
		t.Signature = Signature{
			Bucket: f.cfg.App + "/" + name.ID, Authorization: token,
			SHA256: "UNSIGNED-PAYLOAD", Date: now.UTC().Format("20060102T150405Z"),
		}
		return t, nil
	}
	t.Signature = f.direct.Sign(name, r.Method, r.Query)
	if r.Query != "" && r.Query != "uploads" {
		return t, nil
	}
	if err := f.mayWrite(ctx, name.ID); err != nil {
		return Ticket{}, err
	}
	// The storage does not tell us of an upload: without this note nobody would
	// know of a file that its owner forgot.
	note := unsent{Key: r.Key, User: r.User, Since: now.UnixMilli(), Max: limit}
	return t, f.change(ctx, f.setUnsent(name.ID, note))
}

// check returns the most bytes that the file may have.
func (f *Files) check(r Request) (limit int64, err error) {
	if r.Type < Image || r.Type > HTML {
		return 0, chat.Errorf(chat.BadParameter, "type %d is not one of 1 to 6", r.Type)
	}
	if err := checkKey(r.Key); err != nil {
		return 0, err
	}
	if err := checkRequest(r.Method, r.Query); err != nil {
		return 0, err
	}
	limit = f.cfg.Limits.Size
	if own, ok := f.cfg.Limits.SizeOf[r.Type]; ok {
		limit = own
	}
	switch {
	case r.Size < 0 || r.Size-1023 > limit: // clients round up to whole KiB
		return 0, tooBig(limit)
	case r.Size > 0:
		limit = min(limit, r.Size)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if q := f.cfg.Limits.Quota; q > 0 && f.total+r.Size > q {
		return 0, overQuota(q)
	}
	return limit, nil
}

func tooBig(limit int64) error {
	return chat.Errorf(chat.FileTooBig, "the file is over %d bytes", limit)
}

func overQuota(quota int64) error {
	return chat.Errorf(chat.FileTooBig, "the files of the app are over %d bytes together", quota)
}

func checkKey(key string) error {
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
		return chat.Errorf(chat.BadParameter, "key is not 1 to %d bytes of UTF-8", maxKey)
	}
	if i := strings.IndexFunc(key, func(r rune) bool { return unicode.IsControl(r) || r == '/' || r == '\\' }); i >= 0 {
		return chat.Errorf(chat.BadParameter, "key has a slash or a control character at byte %d", i)
	}
	return nil
}

// checkRequest accepts the requests of an upload in parts, and of a file in
// one piece.
func checkRequest(method, query string) error {
	if method == "" && query == "" {
		return nil
	}
	q, err := url.ParseQuery(query)
	if err != nil || len(query) > maxQuery {
		return chat.Errorf(chat.BadParameter, "queryString is not a query of at most %d bytes", maxQuery)
	}
	var form string
	switch {
	case query == "":
		form = method
	case len(q) == 1 && q.Has("uploads"):
		form = method + " uploads"
	case len(q) == 1 && q.Has("uploadId"):
		form = method + " upload"
	case len(q) == 2 && q.Has("uploadId") && q.Has("partNumber"):
		form = method + " part"
	}
	switch form {
	case "PUT", "POST", "POST uploads", "PUT part", "POST upload", "GET upload", "DELETE upload":
		return nil
	}
	return chat.Errorf(chat.BadParameter, "httpMethod %.10q with queryString %.100q is none of an upload", method, query)
}

// verify returns what a ticket of this app says.
func (f *Files) verify(token string) (claims, error) {
	var c claims
	if _, err := f.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return f.ticketKey, nil }); err != nil {
		return c, &chat.Error{Code: chat.NotAuthorized, Reason: "this is no ticket", Err: err}
	}
	if c.App != f.cfg.App || c.ExpiresAt == nil || !f.cfg.Now().Before(c.ExpiresAt.Time) {
		return c, chat.Errorf(chat.NotAuthorized, "the ticket is of another app, or older than %v", ticketLife)
	}
	return c, nil
}

// URL is where a file that its user uploaded is read. base is the URL under
// which the client reaches this server's files; name ends the URL.
func (f *Files) URL(ctx context.Context, base string, user chat.UserID, key, name string) (string, error) {
	id := f.id(user, key)
	_, err := f.file(ctx, id)
	if errors.Is(err, ErrNotFound) && f.direct != nil {
		err = f.confirm(ctx, user, Name{ID: id, Key: key})
	}
	if errors.Is(err, ErrNotFound) {
		return "", chat.Errorf(chat.BadParameter, "the user uploaded no file with key %.100q", key)
	}
	if err != nil {
		return "", err
	}
	return base + "/" + f.path(id, name, key), nil
}

// maxURLName bounds the last part of a URL, which is for people only.
const maxURLName = 100

func (f *Files) path(id, name, key string) string {
	if name == "" || checkKey(name) != nil || len(name) > maxURLName {
		name = key
	}
	if len(name) > maxURLName || name == "." || name == ".." {
		name = "file"
	}
	return f.cfg.App + "/" + id + "/" + url.PathEscape(name)
}

// confirm takes note of a file that its user uploaded past this server.
func (f *Files) confirm(ctx context.Context, user chat.UserID, n Name) error {
	e, err := f.cfg.Entries.Entry(ctx, store.Files, ownerUnsent, n.ID)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	var note unsent
	if err := json.Unmarshal(e.Value, &note); err != nil {
		return err
	}
	s, err := f.direct.Stat(ctx, n)
	if err != nil {
		return storage(err)
	}
	if s.Size > note.Max {
		err := tooBig(note.Max)
		f.metrics.refused(err)
		return errors.Join(err, f.cfg.Blobs.Delete(ctx, n))
	}
	return f.finish(ctx, &file{User: user, Key: n.Key, Type: s.Type, Size: s.Size, id: n.ID, disposition: s.Disposition})
}

// file returns what is known of a file, or ErrNotFound.
func (f *Files) file(ctx context.Context, id string) (*file, error) {
	e, err := f.cfg.Entries.Entry(ctx, store.Files, "", id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	known := &file{id: id}
	return known, json.Unmarshal(e.Value, known)
}

// finish makes a file that is in storage known, once it is durable there.
func (f *Files) finish(ctx context.Context, n *file) error {
	ctx = context.WithoutCancel(ctx) // the client may be gone; its file is here
	n.describe()
	n.Uploaded = f.cfg.Now().UnixMilli()
	f.mu.Lock()
	defer f.mu.Unlock()
	var before int64
	switch old, err := f.file(ctx, n.id); {
	case err == nil:
		before = old.Size
	case !errors.Is(err, ErrNotFound):
		return err
	}
	total := f.total + n.Size - before
	if q := f.cfg.Limits.Quota; q > 0 && total > q {
		err := overQuota(q)
		f.metrics.refused(err)
		return errors.Join(err, f.remove(ctx, n.id, n.Key, before))
	}
	value, err := json.Marshal(n)
	if err != nil {
		return err
	}
	err = f.change(ctx, store.EntrySet{Space: store.Files, Key: n.id, Value: value}, setTotal(total),
		f.setUnsent(n.id, unsent{Key: n.Key, User: n.User, Since: n.Uploaded}))
	if err != nil {
		return err
	}
	f.total = total
	f.metrics.files.Inc()
	f.metrics.bytes.Add(float64(n.Size))
	f.metrics.total.Set(float64(total))
	return nil
}

// mayWrite refuses to write a file that a message named: it must not change
// any more.
func (f *Files) mayWrite(ctx context.Context, id string) error {
	_, err := f.file(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = f.cfg.Entries.Entry(ctx, store.Files, ownerUnsent, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return chat.Errorf(chat.Blocked, "the file was sent and cannot be changed any more")
	}
	return err
}

// remove ends a file, of so many bytes. The caller holds mu.
func (f *Files) remove(ctx context.Context, id, key string, size int64) error {
	// In this order: what is left after a crash is known, and removed later.
	if err := f.cfg.Blobs.Delete(ctx, Name{ID: id, Key: key}); err != nil {
		return storage(err)
	}
	err := f.change(ctx, store.EntryDeleted{Space: store.Files, Key: id},
		store.EntryDeleted{Space: store.Files, Owner: ownerUnsent, Key: id}, setTotal(f.total-size))
	if err != nil {
		return err
	}
	f.total -= size
	f.metrics.total.Set(float64(f.total))
	return nil
}

func (f *Files) change(ctx context.Context, changes ...store.Change) error {
	_, err := f.cfg.Writer.Change(ctx, changes...)
	return err
}

func (f *Files) setUnsent(id string, note unsent) store.Change {
	value, _ := json.Marshal(note) // texts and numbers
	return store.EntrySet{Space: store.Files, Owner: ownerUnsent, Key: id, Value: value}
}

func setTotal(total int64) store.Change {
	value, _ := json.Marshal(total) // a number
	return store.EntrySet{Space: store.Files, Owner: ownerTotal, Value: value}
}

// load reads how many bytes there are. The caller holds mu.
func (f *Files) load(ctx context.Context) error {
	e, err := f.cfg.Entries.Entry(ctx, store.Files, ownerTotal, "")
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(e.Value, &f.total); err != nil {
		return err
	}
	f.metrics.total.Set(float64(f.total))
	return nil
}

// storage is an error of the storage as a client may see it.
func storage(err error) error {
	var coded *chat.Error
	if err == nil || errors.Is(err, ErrNotFound) || errors.As(err, &coded) {
		return err
	}
	return &chat.Error{Code: chat.StoreUnavailable, Reason: "the storage of files failed", Err: err}
}
