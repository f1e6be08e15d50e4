package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// receipts are the settings of an app whose receipts are of a generation.
func receipts(generation int) []string { return []string{fmt.Sprint("receipts: ", generation)} }

// wanted sends a text that asks for receipts.
func (u *user) wanted(to conversation, text string) message {
	u.t.Helper()
	r := u.send(to, "TextMessage", map[string]any{"content": text}, map[string]any{"needReceipt": true})
	if r.Code != 0 {
		u.t.Fatalf("%s says %q: code %d %s", u.name, text, r.Code, r.Msg)
	}
	return r.Data
}

// readEvent is an entry of MESSAGE_RECEIPT_RESPONSE_V5.
type readEvent struct {
	Of     conversation `json:"identifier"`
	UID    string       `json:"messageUId"`
	Unread int          `json:"unreadCount"`
	Read   int          `json:"readCount"`
	Total  int          `json:"totalCount"`
	Users  []reader     `json:"users"`
}

type reader struct {
	User      string `json:"userId"`
	Time      int64  `json:"timestamp"`
	Mentioned bool   `json:"isMentioned"`
}

// readBy waits until the user was told that reader has read a message, and
// returns what is told of it.
func (u *user) readBy(uid, who string) readEvent {
	u.t.Helper()
	isIt := fmt.Sprintf(`r => r.messageUId === %q && r.users.some(u => u.userId === %q)`, uid, who)
	all := event[[]readEvent](u, "MESSAGE_RECEIPT_RESPONSE_V5", `e.some(`+isIt+`)`)
	i := slices.IndexFunc(all, func(e readEvent) bool {
		return e.UID == uid && slices.ContainsFunc(e.Users, func(r reader) bool { return r.User == who })
	})
	return all[i]
}

// readings lists every reader of a message that the user was told of.
func (u *user) readings(uid string) (readers []string) {
	u.t.Helper()
	for _, e := range call[[]readEvent](u.page, `() => im.heard.events.filter(e => e.name === 'MESSAGE_RECEIPT_RESPONSE_V5').flatMap(e => e.event)`) {
		if e.UID == uid {
			for _, r := range e.Users {
				readers = append(readers, r.User)
			}
		}
	}
	slices.Sort(readers)
	return readers
}

// TestSDKReceiptPrivate: the sender of a private message that asks for it is
// told on all devices, once, that it was read.
func TestSDKReceiptPrivate(t *testing.T) { withEach(t, sdkReceiptPrivate) }

func sdkReceiptPrivate(t *testing.T) {
	s := startServer(t)
	alice, tablet, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	m := alice.wanted(private("bob"), "read this")
	if !bob.hears("read this").NeedReceipt {
		t.Error("bob does not see that a receipt is wanted")
	}
	for range 2 {
		do[any](bob, "sendReadReceiptResponseV5", private("alice"), []string{m.UID})
	}
	for _, u := range []*user{alice, tablet} {
		if e := u.readBy(m.UID, "bob"); e.Of != private("bob") || e.Total != 1 || e.Read != 1 || e.Unread != 0 || e.Users[0].Time <= m.Sent {
			t.Errorf("told %+v", e)
		}
	}
	next := alice.wanted(private("bob"), "and this")
	bob.hears("and this")
	do[any](bob, "sendReadReceiptResponseV5", private("alice"), []string{m.UID, next.UID})
	alice.readBy(next.UID, "bob")
	if got := alice.readings(m.UID); !slices.Equal(got, []string{"bob"}) {
		t.Errorf("alice was told of %q", got)
	}
	plain := alice.say(private("bob"), "never mind")
	for uid, code := range map[string]int{plain.UID: 26321, "0000-0000-0000-0000": 26322} {
		if got := try[any](bob, "sendReadReceiptResponseV5", private("alice"), []string{uid}).Code; got != code {
			t.Errorf("code %d, not %d", got, code)
		}
	}
	if got := try[any](alice, "sendReadReceiptResponseV5", private("bob"), []string{m.UID}).Code; got != 26321 {
		t.Errorf("of one's own: code %d", got)
	}
	do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": next.UID, "sentTime": next.Sent})
	if got := try[any](bob, "sendReadReceiptResponseV5", private("alice"), []string{next.UID}).Code; got != 26322 {
		t.Errorf("of a recalled message: code %d", got)
	}
}

// TestSDKReceiptGroup: each member who could see a message of a group counts,
// and who is away when they read is told of later.
func TestSDKReceiptGroup(t *testing.T) { withEach(t, sdkReceiptGroup) }

func sdkReceiptGroup(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob", "carol", "dave")
	way := s.link(t)
	alice, bob, carol := way.connect(s, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	m := alice.wanted(group("team"), "hear, hear")
	s.group("team", "erin")
	erin := s.connect(t, "erin")
	bob.hears("hear, hear")
	do[any](bob, "sendReadReceiptResponseV5", group("team"), []string{m.UID})
	if e := alice.readBy(m.UID, "bob"); e.Of != group("team") || e.Total != 3 || e.Read != 1 || e.Unread != 2 {
		t.Errorf("told %+v", e)
	}
	if got := try[any](erin, "sendReadReceiptResponseV5", group("team"), []string{m.UID}).Code; got != 26322 {
		t.Errorf("of a message from before one joined: code %d", got)
	}

	way.Cut()
	call[any](alice.page, "im.untilState", "SUSPEND")
	carol.hears("hear, hear")
	do[any](carol, "sendReadReceiptResponseV5", group("team"), []string{m.UID})
	way.Mend()
	if e := alice.readBy(m.UID, "carol"); e.Read != 2 || e.Unread != 1 {
		t.Errorf("told %+v", e)
	}
	if got := alice.readings(m.UID); !slices.Equal(got, []string{"bob", "carol"}) {
		t.Errorf("alice was told of %q", got)
	}

	info := do[[]readEvent](alice, "getMessageReadReceiptInfoV5", group("team"), []string{m.UID})
	if len(info) != 1 || info[0].UID != m.UID || info[0].Read != 2 || info[0].Unread != 1 || info[0].Total != 3 {
		t.Errorf("%+v", info)
	}
	info = do[[]readEvent](alice, "getMessageReadReceiptInfoV5ByIdentifiers", []any{map[string]any{"identifier": group("team"), "messageUId": m.UID}})
	if len(info) != 1 || info[0].Of != group("team") || info[0].Read != 2 {
		t.Errorf("%+v", info)
	}
	type page struct {
		Token string   `json:"pageToken"`
		Total int      `json:"totalCount"`
		Users []reader `json:"users"`
	}
	list := func(options map[string]any) page {
		t.Helper()
		return do[page](alice, "getMessagesReadReceiptUsersByPageV5", group("team"), m.UID, options)
	}
	first := list(map[string]any{"pageCount": 1, "readStatus": 0, "order": 1})
	if first.Total != 2 || len(first.Users) != 1 || first.Users[0].User != "bob" || first.Token == "" {
		t.Errorf("%+v", first)
	}
	second := list(map[string]any{"pageCount": 1, "readStatus": 0, "order": 1, "pageToken": first.Token})
	if len(second.Users) != 1 || second.Users[0].User != "carol" || second.Token != "" {
		t.Errorf("%+v", second)
	}
	if newest := list(map[string]any{"pageCount": 1, "readStatus": 0, "order": 0}); newest.Users[0].User != "carol" {
		t.Errorf("%+v", newest)
	}
	if unread := list(map[string]any{"pageCount": 100, "readStatus": 1, "order": 0}); unread.Total != 1 || len(unread.Users) != 1 || unread.Users[0].User != "dave" {
		t.Errorf("%+v", unread)
	}
	some := do[page](alice, "getMessagesReadReceiptByUsersV5", group("team"), m.UID, []string{"bob", "dave"}).Users
	if len(some) != 2 || some[0].User != "bob" || some[0].Time == 0 || some[1].User != "dave" || some[1].Time != 0 {
		t.Errorf("%+v", some)
	}
}

// TestSDKReceiptNotWanted: a directional message has no receipts, whatever its
// sender asks for.
func TestSDKReceiptNotWanted(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob", "carol")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	r := alice.send(group("team"), "TextMessage", map[string]any{"content": "for bob"}, map[string]any{"needReceipt": true, "directionalUserIdList": []string{"bob"}})
	if r.Code != 0 || bob.hears("for bob").NeedReceipt {
		t.Errorf("code %d, %+v", r.Code, r.Data)
	}
	if got := try[any](bob, "sendReadReceiptResponseV5", group("team"), []string{r.Data.UID}).Code; got != 26321 {
		t.Errorf("code %d", got)
	}
}

// TestSDKReceiptFirst: the first generation, in which clients ask and answer.
// Private receipts are the same in every generation.
func TestSDKReceiptFirst(t *testing.T) { withEach(t, sdkReceiptFirst) }

func sdkReceiptFirst(t *testing.T) {
	for _, generation := range []int{1, 5} {
		s := startWith(t, receipts(generation))
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		m := alice.say(private("bob"), "hello")
		bob.hears("hello")
		do[any](bob, "sendReadReceiptMessage", "alice", m.UID, m.Sent)
		type read struct {
			Of     conversation `json:"conversation"`
			UID    string       `json:"messageUId"`
			Sent   int64        `json:"sentTime"`
			Reader string       `json:"sendUserId"`
		}
		if got := event[read](alice, "READ_RECEIPT_RECEIVED", "true"); got != (read{private("bob"), m.UID, m.Sent, "bob"}) {
			t.Errorf("alice is told %+v", got)
		}
	}
	s := startWith(t, receipts(1), "--send-rate", "0")
	s.group("team", "alice", "bob", "carol")
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	m := askAndAnswer(alice, bob)
	carol.hears("who reads?")
	if got := try[any](alice, "getMessageReader", "team", m.UID).Code; got == 0 {
		t.Error("the server keeps readers in the first generation")
	}
}

// askAndAnswer has alice ask a group who read a message, and bob answer.
func askAndAnswer(alice, bob *user) message {
	alice.t.Helper()
	m := alice.say(group("team"), "who reads?")
	bob.hears("who reads?")
	do[any](alice, "sendReadReceiptRequest", "team", m.UID)
	type asked struct {
		UID    string `json:"messageUId"`
		Sender string `json:"senderUserId"`
	}
	if got := event[asked](bob, "MESSAGE_RECEIPT_REQUEST", "true"); got != (asked{m.UID, "alice"}) {
		alice.t.Errorf("bob is asked %+v", got)
	}
	do[any](bob, "sendReadReceiptResponseV2", "team", map[string]any{"alice": []string{m.UID}})
	type answered struct {
		Reader string   `json:"receivedUserId"`
		UIDs   []string `json:"messageUIdList"`
	}
	if got := event[answered](alice, "MESSAGE_RECEIPT_RESPONSE", "true"); got.Reader != "bob" || !slices.Equal(got.UIDs, []string{m.UID}) {
		alice.t.Errorf("alice is told %+v", got)
	}
	return m
}

// TestSDKReceiptSecond: the second generation, in which the server keeps who read.
func TestSDKReceiptSecond(t *testing.T) { withEach(t, sdkReceiptSecond) }

func sdkReceiptSecond(t *testing.T) {
	s := startWith(t, receipts(2), "--send-rate", "0")
	s.group("team", "alice", "bob", "carol")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m := askAndAnswer(alice, bob)
	do[any](bob, "sendReadReceiptResponseV2", "team", map[string]any{"alice": []string{m.UID}})
	type readers struct {
		Total int `json:"totalMemberCount"`
		List  []struct {
			User string `json:"userId"`
		} `json:"list"`
	}
	if got := do[readers](alice, "getMessageReader", "team", m.UID); got.Total != 2 || len(got.List) != 1 || got.List[0].User != "bob" {
		t.Errorf("%+v", got)
	}
	bob.say(group("team"), "done")
	alice.hears("done")
	if n := call[int](alice.page, `() => im.heard.events.filter(e => e.name === 'MESSAGE_RECEIPT_RESPONSE').length`); n != 1 {
		t.Errorf("alice is told %d times", n)
	}
}

// TestSDKReceiptFourth: the fourth generation, in which a range is read.
func TestSDKReceiptFourth(t *testing.T) {
	s := startWith(t, receipts(4), "--send-rate", "0")
	s.group("team", "alice", "bob", "carol")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	type read struct {
		Private *struct {
			conversation
			Through int64 `json:"endMsgTime"`
		} `json:"privateReadReceipt"`
		Group *struct {
			conversation
			UID   string `json:"messageUId"`
			Read  int    `json:"readedCount"`
			Total int    `json:"totalCount"`
		} `json:"groupReadReceipt"`
	}
	m := alice.say(private("bob"), "hello")
	bob.hears("hello")
	do[any](bob, "sendReadReceiptMessageV4", private("alice"), m.UID)
	if got := event[read](alice, "MESSAGE_READ_RECEIPT_V4", "e.privateReadReceipt").Private; got.conversation != private("bob") || got.Through != m.Sent {
		t.Errorf("alice is told %+v", got)
	}
	first, last := alice.say(group("team"), "one"), alice.say(group("team"), "two")
	bob.hears("two")
	do[any](bob, "sendReadReceiptMessageV4", group("team"), last.UID, first.UID)
	for _, of := range []message{first, last} {
		got := event[read](alice, "MESSAGE_READ_RECEIPT_V4", fmt.Sprintf(`e.groupReadReceipt?.messageUId === %q`, of.UID)).Group
		if got.conversation != group("team") || got.Read != 1 || got.Total != 2 {
			t.Errorf("alice is told %+v", got)
		}
	}
	type response struct {
		Total int `json:"totalCount"`
		Read  int `json:"readCount"`
		List  []struct {
			User string `json:"userId"`
			Time int64  `json:"readTime"`
		} `json:"list"`
	}
	if got := do[response](alice, "getMessageReadReceiptV4", group("team"), last.UID); got.Total != 2 || got.Read != 1 || len(got.List) != 1 || got.List[0].User != "bob" {
		t.Errorf("%+v", got)
	}
	type count struct {
		UID   string `json:"messageUId"`
		Read  int    `json:"readedCount"`
		Total int    `json:"totalCount"`
	}
	if got := do[[]count](alice, "batchGetMessageReadReceiptInfoV4", group("team"), []string{first.UID, last.UID}); !slices.Equal(got, []count{{first.UID, 1, 2}, {last.UID, 1, 2}}) {
		t.Errorf("%+v", got)
	}
}
