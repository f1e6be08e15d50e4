package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// connectWith connects with options of init beside those that every page gives.
func (u *user) connectWith(options map[string]any) {
	u.t.Helper()
	u.token = u.server.token(u.name)
	if code := call[result[any]](u.page, "im.connect", appKey, u.server.url, u.token, options).Code; code != 0 {
		u.t.Fatalf("%s cannot connect: code %d", u.name, code)
	}
}

// tab opens one more tab in the profile of u. Closing it leaves the others.
func (u *user) tab() *user {
	u.t.Helper()
	ctx, closeTab := chromedp.NewContext(u.ctx)
	p := &page{t: u.t, ctx: ctx, close: closeTab, silent: u.silent}
	u.t.Cleanup(func() {
		closeTab()
		p.mustBeQuiet()
	})
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		u.t.Fatal(err)
	}
	p.navigate(u.home)
	return &user{page: p, name: u.name, server: u.server, home: u.home}
}

// opened is how many WebSockets a page has made.
func (p *page) opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.sockets)
}

// TestOutboxOutlivesItsPage: what a page without a connection could not send,
// the page after a reload shows, and sends, as the same message.
// Shows S173.
func TestOutboxOutlivesItsPage(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		l := s.link(t)
		bob, alice := s.connect(t, "bob"), l.connect(s, "alice")
		l.Cut()
		call[any](alice.page, "() => im.untilState('SUSPEND')")
		id := call[int64](alice.page, `async (to) => {
			const id = await new Promise((onSendBefore) => {
				const message = new RongIMLib.TextMessage({ content: 'before the reload' })
				void RongIMLib.sendMessage(to, message, { onSendBefore: (m) => onSendBefore(m.messageId) })
			})
			const { data } = await RongIMLib.getUnsentMessages()
			return data.some((m) => m.messageId === id && m.sentStatus === 10) ? id : 0
		}`, private("bob"))
		if id == 0 {
			t.Fatal("the page does not list what it is sending")
		}
		l.Mend()
		alice.reload()
		type finished struct {
			Code int
			Data message
		}
		became := event[finished](alice, "SEND_FINISHED", fmt.Sprintf("e.data.messageId === %d", id))
		if m := bob.hears("before the reload"); became.Code != 0 || m.UID != became.Data.UID {
			t.Errorf("the page is told %+v, and bob hears %+v", became, m)
		}
		if left := do[[]message](alice, "getUnsentMessages"); len(left) != 0 {
			t.Errorf("still unsent: %+v", left)
		}
		bob.say(private("alice"), "after it")
		alice.hears("after it")
		if texts := alice.texts(func(message) bool { return true }); !slices.Equal(texts, []string{"after it"}) {
			t.Errorf("the stream brings alice %q", texts)
		}
	})
}

// TestPacedLoop: an app that sends in a loop is refused, and told when to send
// again; with pace it never is, and order is kept. A broadcast is paced by
// itself.
// Shows S002, S181.
func TestPacedLoop(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		bob, carol := s.connect(t, "bob"), s.connect(t, "carol")
		type refusal struct {
			Code       int
			RetryAfter float64
		}
		answers := call[[]refusal](carol.page, `(to) => Promise.all(Array.from({ length: 12 }, () =>
			RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: 'too fast' }))))`, private("bob"))
		refused := slices.DeleteFunc(answers, func(r refusal) bool { return r.Code == 0 })
		if len(refused) == 0 || len(refused) > 7 {
			t.Errorf("of 12 at once %d are refused, at 5 a second", len(refused))
		}
		for _, r := range refused {
			if r.Code != 20604 || r.RetryAfter <= 0 || r.RetryAfter > 200 {
				t.Errorf("refused with %+v", r)
			}
		}

		alice := s.open(t, "alice")
		alice.connectWith(map[string]any{"pace": true})
		codes := call[[]int](alice.page, "im.burst", private("bob"), 12)
		if !slices.Equal(codes, make([]int, 12)) {
			t.Errorf("paced: codes %v", codes)
		}
		bob.hears("burst 11")
		texts := bob.texts(func(m message) bool { return strings.HasPrefix(m.text(), "burst") })
		for i, text := range texts {
			if text != fmt.Sprint("burst ", i) || len(texts) != 12 {
				t.Fatalf("bob hears %q", texts)
			}
		}

		type report struct {
			Code     int
			Messages []message
		}
		var targets []conversation
		for i := range 7 {
			targets = append(targets, private(fmt.Sprint("user", i)))
		}
		reports := call[result[[]report]](carol.page, `async (targets) => {
			window.done = []
			const news = new RongIMLib.TextMessage({ content: 'news' })
			return RongIMLib.broadcastMessage(targets, news, { onProgress: ({ done }) => window.done.push(done) })
		}`, append(targets, private("bob")))
		if reports.Code != 0 || len(reports.Data) != 8 || reports.Data[7].Messages[0].UID != bob.hears("news").UID {
			t.Errorf("the broadcast: %+v", reports)
		}
		if done := call[[]int](carol.page, "() => done"); len(done) != 8 || !slices.IsSorted(done) {
			t.Errorf("progress %v", done)
		}
	})
}

// TestForward: messages are forwarded one by one and combined into one.
func TestForward(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
		alice.say(private("bob"), "one")
		alice.say(private("bob"), "two")
		bob.hears("two")
		for _, combine := range []bool{false, true} {
			code := call[int](bob.page, `async (to, combine) =>
				(await RongIMLib.forwardMessages(im.heard.messages, [to], { combine, nameList: ['Alice', 'Bob'] })).code`, private("carol"), combine)
			if code != 0 {
				t.Errorf("combine %v: code %d", combine, code)
			}
		}
		carol.hears("one")
		carol.hears("two")
		combined := content[struct {
			MsgNum                int
			NameList, SummaryList []string
			MsgList               []struct{ FromUserID, TargetID, ObjectName string }
		}](t, call[message](carol.page, "() => im.untilType('RC:CombineV2Msg')"))
		if combined.MsgNum != 2 || !slices.Equal(combined.SummaryList, []string{"one", "two"}) ||
			combined.MsgList[0].FromUserID != "alice" || combined.MsgList[1].ObjectName != "RC:TxtMsg" {
			t.Errorf("combined: %+v", combined)
		}
	})
}

// TestForwardLongList: a list of messages that is too long for one is in a file.
func TestForwardLongList(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
		long := strings.Repeat("long ", 16<<10)
		alice.say(private("bob"), long)
		alice.say(private("bob"), long)
		alice.say(private("bob"), "the end")
		bob.hears("the end")
		if code := call[int](bob.page, `async (to) =>
			(await RongIMLib.forwardMessages(im.heard.messages, [to], { combine: true })).code`, private("carol")); code != 0 {
			t.Fatalf("code %d", code)
		}
		combined := content[struct {
			MsgNum     int
			RemoteURL  string
			JSONMsgKey string
			MsgList    []any
		}](t, call[message](carol.page, "() => im.untilType('RC:CombineV2Msg')"))
		if combined.MsgNum != 3 || combined.MsgList != nil || !strings.HasPrefix(combined.JSONMsgKey, "combine_") {
			t.Errorf("combined: %+v", combined)
		}
		type one struct {
			FromUserID string
			Content    struct{ Content string }
		}
		list := call[[]one](carol.page, "async (url) => (await fetch(url)).json()", combined.RemoteURL)
		if len(list) != 3 || list[1].FromUserID != "alice" || list[1].Content.Content != long || list[2].Content.Content != "the end" {
			t.Errorf("the file has %d messages: %.300v", len(list), list)
		}
	})
}

// TestTokenIsRefreshed: a page whose token is no good gets another one from the
// app and connects with it.
func TestTokenIsRefreshed(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice := s.open(t, "alice")
		r := call[result[any]](alice.page, `(appkey, navigator, token) => {
			RongIMLib.init({ appkey, navigators: [navigator], refreshToken: async () => token })
			return RongIMLib.connect('an old token')
		}`, appKey, s.url, s.token("alice"))
		if r.Code != 0 || alice.opened() != 2 {
			t.Errorf("code %d after %d connections", r.Code, alice.opened())
		}
	})
}

// TestNothingLeaves: over a session with messages, a reconnect and a reload, a
// page asks nobody but the app's own server.
func TestNothingLeaves(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		alice.say(private("bob"), "hi")
		bob.hears("hi")
		do[any](bob, "getHistoryMessages", private("alice"))
		alice.reload()
		alice.say(private("bob"), "again")
		alice.leave()
		asked := call[[]string](alice.page, "() => performance.getEntriesByType('resource').map((entry) => entry.name)")
		alice.mu.Lock()
		asked = append(asked, alice.sockets...)
		alice.mu.Unlock()
		home, _ := url.Parse(alice.home)
		own, _ := url.Parse(s.url)
		for _, address := range asked {
			if u, err := url.Parse(address); err != nil || u.Scheme != "data" && u.Host != own.Host && u.Host != home.Host {
				t.Errorf("the page asked %s", address)
			}
		}
		if len(alice.foreign) > 0 || len(alice.sockets) != 2 {
			t.Errorf("others asked: %q; sockets %q", alice.foreign, alice.sockets)
		}
	})
}

// TestPageInABadNetwork: over connections that end before, in the middle of and
// after frames, whatever two pages send each other arrives once and in order.
// Shows S173.
func TestPageInABadNetwork(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s, network := throughProxy(t, nil)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		for _, u := range []*user{alice, bob} {
			u.expect("WebSocket connection to")
			u.expect("ERR_")
		}
		const seed, count = 7, 60
		t.Logf("seed %d", seed)
		dice := rand.New(rand.NewPCG(seed, seed))
		network.fail(func(bool, []byte) fate {
			if dice.IntN(12) != 0 {
				return pass
			}
			return []fate{cut, tear, passCut}[dice.IntN(3)]
		})
		for _, u := range []*user{alice, bob} {
			peer := map[string]string{"alice": "bob", "bob": "alice"}[u.name]
			call[any](u.page, `(to, count) => {
				window.sending = (async () => {
					const all = []
					for (let n = 0; n < count; n++) {
						all.push(RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: 'text ' + n })))
						if (n % 5 === 0) await all.at(-1)
					}
					return (await Promise.all(all)).map((r) => r.code)
				})()
			}`, private(peer), count)
		}
		for _, u := range []*user{alice, bob} {
			if codes := call[[]int](u.page, "() => sending"); !slices.Equal(codes, make([]int, count)) {
				t.Errorf("%s: codes %v", u.name, codes)
			}
		}
		network.fail(nil)
		var want []string
		for n := range count {
			want = append(want, fmt.Sprint("text ", n))
		}
		for _, u := range []*user{alice, bob} {
			u.hears(want[count-1])
			if got := u.texts(func(message) bool { return true }); !slices.Equal(got, want) {
				t.Errorf("%s hears %d texts: %q", u.name, len(got), got)
			}
		}
	})
}
