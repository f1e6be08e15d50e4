package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/tail/local"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/internal/writer"
)

var testApp = auth.App{Key: "hongyan-dev", Secret: "hongyan-dev-secret"}

// fixture is the API of one app over a real writer, with a store in memory and
// with rooms and sessions that are made up.
type fixture struct {
	*httptest.Server
	t      *testing.T
	store  store.Store
	tokens *auth.Tokens
	rooms  roomsOf
	kicked kicks
}

// roomsOf are chatrooms whose members are given, oldest first.
type roomsOf struct {
	*chatroom.Rooms
	members map[string][]chatroom.Member
}

func (r roomsOf) Members(room string, limit int, newestFirst bool) (int, []chatroom.Member) {
	members := slices.Clone(r.members[room])
	if newestFirst {
		slices.Reverse(members)
	}
	return len(members), members[:min(limit, len(members))]
}

// kicks remembers who was kicked.
type kicks struct {
	mu  sync.Mutex
	all []string
}

func (k *kicks) Kick(user chat.UserID, code chat.Code) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, fmt.Sprintf("%s %s", user, code))
}

func (k *kicks) Online(user chat.UserID) bool { return user == "online" }

// start runs the API. change may replace parts of the app before.
func start(t *testing.T, cfg Config, change func(*App)) *fixture {
	t.Helper()
	return startOn(t, storetest.NewModel(store.Options{}), cfg, change)
}

func startOn(t *testing.T, s store.Store, cfg Config, change func(*App)) *fixture {
	t.Helper()
	b := &fixture{t: t, store: s, rooms: roomsOf{members: map[string][]chatroom.Member{}}}
	link := local.New()
	who := roster.New(s, roster.Config{})
	w := writer.New(s, who, link, writer.Config{})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	var err error
	if b.rooms.Rooms, err = chatroom.New(ctx, s, w, s.Last(), chatroom.Config{}); err != nil {
		t.Fatal(err)
	}
	running.Go(func() { _ = link.Follow(ctx, b.rooms.Apply) })
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Errorf("writer: %v", err)
		}
	})
	if b.tokens, err = auth.NewTokens(testApp); err != nil {
		t.Fatal(err)
	}
	app := App{
		Key: testApp.Key, Signatures: auth.NewSignatures(testApp, auth.Strict{}, time.Now()), Tokens: b.tokens,
		Ultra: ultragroup.New(s, w, inbox.New(s, w, inbox.Config{}), who, nil),
		Store: s, Writer: w, Roster: who, Editor: amend.New(s, who, w, amend.Config{}), Rooms: b.rooms, Presence: &b.kicked,
	}
	if change != nil {
		change(&app)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b.Server = httptest.NewServer(CleanPath(New(cfg, app)))
	t.Cleanup(func() {
		b.Close()
		stop()
		running.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// sign signs r as the app's server does.
func sign(r *http.Request, prefix string) {
	nonce, timestamp := "14314", strconv.FormatInt(time.Now().UnixMilli(), 10)
	signature := auth.Sign(testApp.Secret, nonce, timestamp)
	r.Header.Set(prefix+"App-Key", testApp.Key)
	r.Header.Set(prefix+"Nonce", nonce)
	r.Header.Set(prefix+"Timestamp", timestamp)
	r.Header.Set(prefix+"Signature", hex.EncodeToString(signature[:]))
}

func (b *fixture) request(path, form string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.URL+path, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sign(r, "")
	return r
}

type reply struct {
	status int
	header http.Header
	fields map[string]any
}

func (b *fixture) do(r *http.Request) reply {
	b.t.Helper()
	answer, err := b.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	got := reply{status: answer.StatusCode, header: answer.Header}
	if err := json.NewDecoder(answer.Body).Decode(&got.fields); err != nil {
		b.t.Fatalf("%s: the answer is not JSON: %v", r.URL.Path, err)
	}
	return got
}

// ok calls path with a form such as "userId=a&userId=b" and wants it to work.
func (b *fixture) ok(path, form string) map[string]any {
	b.t.Helper()
	got := b.do(b.request(path, form))
	if got.status != http.StatusOK || got.fields["code"] != float64(200) {
		b.t.Fatalf("%s %.200s: %d %v", path, form, got.status, got.fields)
	}
	return got.fields
}

// refused calls path and wants the HTTP status and the body code, and a text
// that holds about.
func (b *fixture) refused(path, form string, status, code int, about string) {
	b.t.Helper()
	b.wantRefusal(b.do(b.request(path, form)), path+" "+form, status, code, about)
}

func (b *fixture) wantRefusal(got reply, what string, status, code int, about string) {
	b.t.Helper()
	text, _ := got.fields["errorMessage"].(string)
	if got.status != status || got.fields["code"] != float64(code) || got.fields["msg"] != text || !strings.Contains(text, about) {
		b.t.Errorf("%.200s:\n got %d %v\nwant %d, code %d, a text about %q", what, got.status, got.fields, status, code, about)
	}
}

// list is a form with a parameter many times over.
func list(name string, n int) string {
	values := url.Values{}
	for i := range n {
		values.Add(name, fmt.Sprintf("u%d", i))
	}
	return values.Encode()
}

func TestWhoIsCalling(t *testing.T) {
	b := start(t, Config{}, nil)
	for name, c := range map[string]struct {
		change       func(*http.Request)
		status, code int
		about        string
	}{
		"no app key":       {func(r *http.Request) { r.Header.Del("App-Key") }, 401, 1004, "App-Key"},
		"another app":      {func(r *http.Request) { r.Header.Set("App-Key", "another") }, 401, 1004, "App-Key"},
		"no signature":     {func(r *http.Request) { r.Header.Del("Signature") }, 401, 1004, "Signature"},
		"forged signature": {func(r *http.Request) { r.Header.Set("Signature", strings.Repeat("0", 40)) }, 401, 1004, "signature"},
		"changed nonce":    {func(r *http.Request) { r.Header.Set("Nonce", "1") }, 401, 1004, "signature"},
	} {
		r := b.request("/user/getToken.json", "userId=alice")
		c.change(r)
		b.wantRefusal(b.do(r), name, c.status, c.code, c.about)
	}
	r := b.request("/user/getToken.json", "userId=alice")
	for _, name := range []string{"App-Key", "Nonce", "Timestamp", "Signature"} {
		r.Header.Del(name)
	}
	sign(r, "RC-")
	if got := b.do(r); got.status != http.StatusOK {
		t.Errorf("headers with RC-: %v", got)
	}
}

func TestStrictAppTakesARequestOnce(t *testing.T) {
	b := start(t, Config{}, func(a *App) {
		a.Signatures = auth.NewSignatures(testApp, auth.Strict{On: true}, time.Now())
	})
	r := b.request("/user/getToken.json", "userId=alice")
	again := r.Clone(context.Background())
	again.Body = io.NopCloser(strings.NewReader("userId=mallory"))
	if got := b.do(r); got.status != http.StatusOK {
		t.Fatal(got)
	}
	b.wantRefusal(b.do(again), "replay", 401, 1004, "used before")
}

func TestPathsAndMethods(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("//user/getToken.json", "userId=alice")
	b.ok("/user//getToken.json", "userId=alice")
	b.refused("/user/getToken", "userId=alice", 404, 404, "no such call")
	b.refused("/user/nothing.json", "", 404, 404, "no such call")
	b.refused("/", "", 404, 404, "no such call")
	r := b.request("/user/getToken.json", "userId=alice")
	r.Method = http.MethodGet
	b.wantRefusal(b.do(r), "GET", 405, 405, "POST")
}

// An official SDK doubles a slash, and a mux would answer with a redirect.
func TestCleanPathBeforeAMux(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /user/x.json", func(http.ResponseWriter, *http.Request) {})
	for target, want := range map[string]int{"//user/x.json": 200, "/user//x.json": 200, "/user/x.json": 200, "//user/y.json": 404} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/", nil)
		r.URL.Path = target
		CleanPath(mux).ServeHTTP(w, r)
		if w.Code != want || r.URL.Path != target {
			t.Errorf("%s: %d, want %d; the caller's request says %s", target, w.Code, want, r.URL.Path)
		}
	}
}

func TestRequestIDComesBack(t *testing.T) {
	b := start(t, Config{}, nil)
	r := b.request("/user/getToken.json", "userId=alice")
	r.Header.Set("X-Request-ID", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
	if got := b.do(r); got.header.Get("X-Request-ID") != "f81d4fae-7dec-11d0-a765-00a0c91e6bf6" {
		t.Errorf("X-Request-ID is %q", got.header.Get("X-Request-ID"))
	}
	if got := b.do(b.request("/user/getToken.json", "")); got.header.Get("X-Request-ID") == "" {
		t.Error("no X-Request-ID was made up")
	}
}

func TestBodies(t *testing.T) {
	b := start(t, Config{}, nil)
	b.refused("/user/getToken.json", "userId=%zz", 400, 1002, "form")
	b.refused("/user/getToken.json", "userId=a&name="+strings.Repeat("x", maxBody), 400, 1005, "1048576")
	for kind, status := range map[string]int{
		"": 200, "Application/x-www-form-urlencoded": 200, "application/x-www-form-urlencoded; charset=utf-8": 200,
		"application/json": 400, "multipart/form-data; boundary=x": 400, ";": 400,
	} {
		r := b.request("/user/getToken.json", "userId=alice")
		r.Header.Set("Content-Type", kind)
		if got := b.do(r); got.status != status {
			t.Errorf("Content-Type %q: %d %v, want %d", kind, got.status, got.fields, status)
		}
	}
}

// A body that does not come must not hold a connection, whoever sends it.
func TestSlowBody(t *testing.T) {
	b := start(t, Config{Reading: 20 * time.Millisecond}, nil)
	for signature, status := range map[string]int{"": http.StatusBadRequest, "forged": http.StatusUnauthorized} {
		conn, err := net.Dial("tcp", b.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		r := b.request("/user/getToken.json", "")
		if signature != "" {
			r.Header.Set("Signature", signature)
		}
		var request bytes.Buffer
		request.WriteString("POST /user/getToken.json HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
		if err := r.Header.Write(&request); err != nil {
			t.Fatal(err)
		}
		request.WriteString("\r\nuserId=")
		if _, err := request.WriteTo(conn); err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewReader(conn)
		answer, err := http.ReadResponse(answers, r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != status {
			t.Errorf("status %d, want %d", answer.StatusCode, status)
		}
		if _, err := answers.ReadByte(); err != io.EOF { // the server hangs up
			t.Errorf("after the answer: %v", err)
		}
	}
}

func TestRateLimit(t *testing.T) {
	now := time.Now()
	b := start(t, Config{Rate: 3, Now: func() time.Time { return now }}, nil)
	for range 3 {
		b.ok("/user/getToken.json", "userId=alice")
	}
	b.refused("/user/getToken.json", "userId=alice", 429, 1008, "3 calls a second to /user/getToken")
	b.ok("/user/refresh.json", "userId=alice") // each endpoint has its own
	now = now.Add(time.Second)
	b.ok("/user/getToken.json", "userId=alice")
}

// failing is a store and a writer that are out of order.
type failing struct {
	Store
	err error
}

func (f failing) User(context.Context, chat.UserID) (store.User, error) { return store.User{}, f.err }
func (f failing) Group(context.Context, string) (store.Group, error)    { return store.Group{}, f.err }
func (f failing) Blacklist(context.Context, chat.UserID) ([]chat.UserID, error) {
	return nil, f.err
}
func (f failing) Entry(context.Context, store.Space, string, string) (store.Entry, error) {
	return store.Entry{}, f.err
}
func (f failing) Entries(context.Context, store.EntryRange) ([]store.Entry, error) { return nil, f.err }
func (f failing) Change(context.Context, ...store.Change) (chat.Tick, error)       { return 0, f.err }
func (f failing) Send(_ context.Context, _ roster.Check, msgs ...*chat.Message) []error {
	return slices.Repeat([]error{f.err}, len(msgs))
}
func (f failing) Recall(context.Context, amend.Recall) (chat.ID, error) { return chat.ID{}, f.err }
func (f failing) Edit(context.Context, amend.Edit) (*chat.Message, chat.Tick, error) {
	return nil, 0, f.err
}
func (f failing) Expand(context.Context, amend.Expansion) (chat.ID, error)     { return chat.ID{}, f.err }
func (f failing) Messages(context.Context, []chat.ID) ([]*chat.Message, error) { return nil, f.err }

func (f failing) Submit(r *writer.Request) {
	r.Err = f.err
	r.Owner.Answer(r)
}

const text = "fromUserId=a&objectName=RC:TxtMsg&content={}"

// forms has a valid form for each endpoint.
var forms = map[string]string{
	"/user/getToken": "userId=a&name=x", "/user/refresh": "userId=a&name=x", "/user/token/expire": "userId=a&time=1700000000000",
	"/user/block": "userId=a&minute=1", "/user/unblock": "userId=a",
	"/user/checkOnline":   "userId=a",
	"/user/blacklist/add": "userId=a&blackUserId=b", "/user/blacklist/remove": "userId=a&blackUserId=b", "/user/blacklist/query": "userId=a",
	"/user/whitesetting/set": "userId=a&whiteSetting=1", "/user/whitesetting/query": "userId=a",
	"/user/whitelist/add": "userId=a&whiteUserId=b", "/user/whitelist/remove": "userId=a&whiteUserId=b", "/user/whitelist/query": "userId=a",
	"/user/chat/fb/set": "userId=a&state=1&type=PERSON", "/user/chat/fb/querylist": "type=PERSON",
	"/group/user/gag/add": "userId=a&groupId=g&minute=1", "/group/user/gag/rollback": "userId=a&groupId=g", "/group/user/gag/list": "groupId=g",
	"/group/ban/add": "groupId=g", "/group/ban/rollback": "groupId=g", "/group/ban/query": "page=1",
	"/group/user/ban/whitelist/add": "userId=a&groupId=g", "/group/user/ban/whitelist/rollback": "userId=a&groupId=g",
	"/group/user/ban/whitelist/query": "groupId=g",
	"/group/create":                   "userId=a&groupId=g&groupName=n", "/group/join": "userId=a&groupId=g", "/group/quit": "userId=a&groupId=g",
	"/group/dismiss": "userId=a&groupId=g", "/group/refresh": "groupId=g&groupName=n", "/group/user/query": "groupId=g",
	"/chatroom/create": "chatroom[r]=n", "/chatroom/create_new": "chatroomId=r", "/chatroom/destroy": "chatroomId=r",
	"/chatroom/destroy/set": "chatroomId=r&destroyType=1&destroyTime=90", "/chatroom/get": "chatroomId=r", "/chatroom/query": "chatroomId=r",
	"/chatroom/user/query": "chatroomId=r&count=10&order=1", "/chatroom/user/exist": "chatroomId=r&userId=a",
	"/chatroom/users/exist":     "chatroomId=r&userId=a&userId=b",
	"/chatroom/entry/set":       "chatroomId=r&userId=a&key=k&value=v&autoDelete=1&content={}",
	"/chatroom/entry/batch/set": `chatroomId=r&entryOwnerId=a&entryInfo={"k":"v"}`, "/chatroom/entry/remove": "chatroomId=r&userId=a&key=k",
	"/chatroom/entry/batch/remove": `chatroomId=r&entryOwnerId=a&entryKeys=["k"]`, "/chatroom/entry/query": "chatroomId=r&keys=k",
	"/chatroom/user/gag/add": "chatroomId=r&userId=a&minute=1", "/chatroom/user/gag/rollback": "chatroomId=r&userId=a", "/chatroom/user/gag/list": "chatroomId=r",
	"/chatroom/user/block/add": "chatroomId=r&userId=a&minute=1", "/chatroom/user/block/rollback": "chatroomId=r&userId=a", "/chatroom/user/block/list": "chatroomId=r",
	"/chatroom/user/ban/add": "userId=a&minute=1", "/chatroom/user/ban/remove": "userId=a", "/chatroom/user/ban/query": "",
	"/chatroom/ban/add": "chatroomId=r", "/chatroom/ban/rollback": "chatroomId=r", "/chatroom/ban/query": "page=1&size=50", "/chatroom/ban/check": "chatroomId=r",
	"/chatroom/user/ban/whitelist/add": "chatroomId=r&userId=a", "/chatroom/user/ban/whitelist/rollback": "chatroomId=r&userId=a",
	"/chatroom/user/ban/whitelist/query": "chatroomId=r", "/chatroom/user/whitelist/add": "chatroomId=r&userId=a",
	"/chatroom/user/whitelist/remove": "chatroomId=r&userId=a", "/chatroom/user/whitelist/query": "chatroomId=r",
	"/chatroom/whitelist/add": "objectnames=RC:TxtMsg", "/chatroom/whitelist/delete": "objectnames=RC:TxtMsg", "/chatroom/whitelist/query": "",
	"/chatroom/message/priority/add": "objectName=RC:TxtMsg", "/chatroom/message/priority/remove": "objectName=RC:TxtMsg",
	"/chatroom/message/priority/query": "", "/chatroom/keepalive/add": "chatroomId=r", "/chatroom/keepalive/remove": "chatroomId=r", "/chatroom/keepalive/query": "",
	"/message/private/publish": text + "&toUserId=b", "/message/group/publish": text + "&toGroupId=g",
	"/message/chatroom/publish": text + "&toChatroomId=r", "/message/system/publish": text + "&toUserId=b",
	"/message/recall":           "fromUserId=a&conversationType=1&targetId=b&messageUID=5GSB-RPM1-KP8H-9JHF&sentTime=1",
	"/message/private/modify":   "fromUserId=a&targetId=b&msgUID=5GSB-RPM1-KP8H-9JHF&content={}",
	"/message/group/modify":     "fromUserId=a&targetId=g&msgUID=5GSB-RPM1-KP8H-9JHF&content={}",
	"/message/expansion/set":    "userId=a&conversationType=1&targetId=b&msgUID=5GSB-RPM1-KP8H-9JHF&extraKeyVal={\"k\":\"v\"}",
	"/message/expansion/delete": "userId=a&conversationType=1&targetId=b&msgUID=5GSB-RPM1-KP8H-9JHF&extraKey=[\"k\"]",
	"/message/expansion/query":  "msgUID=5GSB-RPM1-KP8H-9JHF",
}

// Nothing here exists before the calls but the chatroom, and no call minds.
func TestEveryEndpointTakesAValidForm(t *testing.T) {
	b := start(t, Config{}, nil)
	for path := range endpoints {
		b.ok("/chatroom/create.json", "chatroom[r]=")
		if ultraEndpoints[path] == nil { // they want the group to exist: see TestUltraGroups
			b.ok(path+".json", forms[path])
		}
	}
}

func TestOurFailuresAreToldWithoutTheirReason(t *testing.T) {
	for err, status := range map[error]int{
		&chat.Error{Code: chat.StoreUnavailable, Reason: "disk sda1 is full"}: 503,
		&chat.Error{Code: chat.Internal, Reason: "disk sda1 is full"}:         500,
		fmt.Errorf("disk sda1 is full"):                                       500,
		context.DeadlineExceeded:                                              503,
	} {
		f := failing{err: err}
		b := start(t, Config{}, func(a *App) {
			a.Store, a.Writer, a.Editor, a.Roster = f, f, f, roster.New(f, roster.Config{})
		})
		for path, form := range forms {
			if path == "/user/checkOnline" || chatroomEndpoints[path] != nil {
				continue // they ask none of these
			}
			got := b.do(b.request(path+".json", form))
			b.wantRefusal(got, path, status, 1000, "")
			if strings.Contains(fmt.Sprint(got.fields), "sda1") {
				t.Errorf("%s tells %v", path, got.fields)
			}
		}
	}
}

// A chatroom whose changes cannot be stored stays what it was.
func TestChatroomsWithoutAStore(t *testing.T) {
	model := storetest.NewModel(store.Options{})
	if err := model.Commit(t.Context(), &store.Batch{Tick: 1, Changes: []store.Change{store.RoomCreated{Room: "r"}}}); err != nil {
		t.Fatal(err)
	}
	broken := failing{err: &chat.Error{Code: chat.StoreUnavailable, Reason: "disk sda1 is full"}}
	rooms, err := chatroom.New(t.Context(), model, broken, model.Last(), chatroom.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, Config{}, func(a *App) { a.Rooms = rooms })
	for path, form := range forms {
		if chatroomEndpoints[path] == nil || !regexp.MustCompile("/(add|rollback|delete|set|destroy|create_new)$").MatchString(path) {
			continue
		}
		form = strings.TrimSuffix(strings.Replace(form, "chatroomId=r", "chatroomId=r&isBan=1", 1), "&content={}")
		b.wantRefusal(b.do(b.request(path+".json", form)), path, 503, 1000, "")
	}
}
