package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// entry is what the SDK calls IChatroomEntry.
type entry struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Auto   bool   `json:"isAutoDelete,omitempty"`
	Notify bool   `json:"isSendNotification,omitempty"`
	Extra  string `json:"notificationExtra,omitempty"`
}

// updates is the event of changed entries.
type updates struct {
	Entries []struct {
		Room  string `json:"chatroomId"`
		Key   string
		Value string
		Time  int64 `json:"timestamp"`
		Type  int   // 1 set, 2 gone
	} `json:"updatedEntries"`
}

// updated waits until u is told of an entry: kind 1 is set, 2 gone.
func (u *user) updated(key, value string, kind int) {
	u.t.Helper()
	event[updates](u, "CHATROOM", fmt.Sprintf(
		`e.updatedEntries?.some(x => x.key === %q && (x.type === 2 || x.value === %q) && x.type === %d && x.chatroomId === "hall")`, key, value, kind))
}

// all are the entries of the room hall as u has them.
func (u *user) all() map[string]string {
	u.t.Helper()
	return do[map[string]string](u, "getAllChatRoomEntries", "hall")
}

// TestSDKChatroomEntries: what one sets in a room the others are told, and
// read there, in the room and outside; it survives the server; only who set a
// key changes it, or who says so.
func TestSDKChatroomEntries(t *testing.T) { withEach(t, sdkChatroomEntries) }

func sdkChatroomEntries(t *testing.T) {
	s := startServer(t)
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	for _, u := range []*user{alice, bob, carol} {
		u.expect("WebSocket connection to")
		u.expect("ERR_CONNECTION_REFUSED")
	}
	alice.join("hall", -1)
	bob.join("hall", -1)
	event[any](bob, "CHATROOM", `e.entriesSynced === "hall"`)

	do[any](alice, "setChatRoomEntry", "hall", entry{Key: "song", Value: "Für Elise 🎹", Notify: true, Extra: "loud"})
	bob.updated("song", "Für Elise 🎹", 1)
	if got := do[string](bob, "getChatRoomEntry", "hall", "song"); got != "Für Elise 🎹" {
		t.Errorf("bob reads %q", got)
	}
	noti := call[message](bob.page, "im.untilType", "RC:chrmKVNotiMsg")
	if text := string(noti.Content); !strings.Contains(text, `"song"`) || !strings.Contains(text, `"loud"`) || noti.Persisted || noti.Counted || noti.Sender != "alice" {
		t.Errorf("bob is notified by %+v", noti)
	}
	if got := do[string](carol, "getChatRoomEntry", "hall", "song"); got != "Für Elise 🎹" {
		t.Errorf("carol, who is not in the room, reads %q", got)
	}
	for _, function := range []string{"setChatRoomEntry", "forceSetChatRoomEntry"} {
		if r := try[any](carol, function, "hall", entry{Key: "x", Value: "y"}); r.Code != 23406 {
			t.Errorf("%s by who is not in the room: code %d", function, r.Code)
		}
	}
	if r := try[any](bob, "setChatRoomEntry", "hall", entry{Key: "song", Value: "mine"}); r.Code != 23424 {
		t.Errorf("bob sets alice's key: code %d", r.Code)
	}
	if r := try[any](bob, "removeChatRoomEntry", "hall", entry{Key: "song"}); r.Code != 23424 {
		t.Errorf("bob removes alice's key: code %d", r.Code)
	}
	do[any](bob, "forceSetChatRoomEntry", "hall", entry{Key: "song", Value: "Bolero"})
	alice.updated("song", "Bolero", 1)
	if r := try[any](alice, "setChatRoomEntry", "hall", entry{Key: "song", Value: "back"}); r.Code != 23424 {
		t.Errorf("alice sets what bob took: code %d", r.Code)
	}
	do[any](alice, "forceRemoveChatRoomEntry", "hall", entry{Key: "song", Notify: true})
	bob.updated("song", "", 2)
	if r := try[any](bob, "getChatRoomEntry", "hall", "song"); r.Code != 23427 {
		t.Errorf("reading a removed key: code %d", r.Code)
	}
	if r := try[any](bob, "removeChatRoomEntry", "hall", entry{Key: "song"}); r.Code != 23427 {
		t.Errorf("removing a removed key: code %d", r.Code)
	}

	do[any](alice, "setChatRoomEntry", "hall", entry{Key: "kept", Value: "over the night"})
	bob.updated("kept", "over the night", 1)
	s.kill()
	s.start()
	for _, u := range []*user{alice, bob} {
		call[any](u.page, "im.untilRejoined", "hall")
	}
	do[any](alice, "setChatRoomEntry", "hall", entry{Key: "new", Value: "day"})
	bob.updated("new", "day", 1)
	want := map[string]string{"kept": "over the night", "new": "day"}
	if got := bob.all(); !maps.Equal(got, want) {
		t.Errorf("after a restart bob has %v", got)
	}
	carol.comesBack()
	carol.join("hall", -1)
	carol.updated("kept", "over the night", 1)
	if got := carol.all(); !maps.Equal(got, want) {
		t.Errorf("carol, who joins, has %v", got)
	}
}

// TestSDKChatroomEntryBatch: of several keys each is judged by itself, and the
// limits of a room and of a request hold.
func TestSDKChatroomEntryBatch(t *testing.T) { withEach(t, sdkChatroomEntryBatch) }

func sdkChatroomEntryBatch(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	batch := func(from, n int) (list []entry) {
		for i := range n {
			list = append(list, entry{Key: fmt.Sprint("key-", from+i), Value: fmt.Sprint(from + i)})
		}
		return list
	}
	set := func(u *user, list []entry, force bool) int {
		t.Helper()
		return try[any](u, "setChatRoomEntries", "hall", map[string]any{"entries": list, "isForce": force}).Code
	}
	if code := set(alice, batch(0, 10), false); code != 0 {
		t.Fatalf("ten keys: code %d", code)
	}
	bob.updated("key-9", "9", 1)
	if code := set(alice, batch(0, 11), false); code != 23429 {
		t.Errorf("eleven keys: code %d", code)
	}
	if code := set(bob, batch(9, 2), false); code != 23428 {
		t.Errorf("one of alice's keys and one of his own: code %d", code)
	}
	alice.updated("key-10", "10", 1)
	if code := set(bob, []entry{{Key: "key-9", Value: "bob's"}}, true); code != 0 {
		t.Errorf("by force: code %d", code)
	}
	alice.updated("key-9", "bob's", 1)
	remove := func(u *user, keys ...string) int {
		t.Helper()
		return try[any](u, "removeChatRoomEntries", "hall", map[string]any{"entries": keys}).Code
	}
	if code := remove(alice, "key-8", "key-9", "key-none"); code != 23428 {
		t.Errorf("her key, bob's and none: code %d", code)
	}
	bob.updated("key-8", "", 2)
	// The SDK forgets what it could not delete, and is told of it again.
	event[any](alice, "CHATROOM", `e.updatedEntries?.some(x => x.key === "key-9" && x.type === 1) && e.updatedEntries.length > 5`)
	if code := remove(alice, "key-7"); code != 0 {
		t.Errorf("her key: code %d", code)
	}
	bob.updated("key-7", "", 2)
	if got := slices.Sorted(maps.Keys(bob.all())); !slices.Equal(got, []string{"key-0", "key-1", "key-10", "key-2", "key-3", "key-4", "key-5", "key-6", "key-9"}) {
		t.Errorf("the room has %v", got)
	}
	for i := range 5 { // up to 100, faster than clients may
		info := map[string]string{}
		for _, e := range batch(11+20*i, min(20, 91-20*i)) {
			info[e.Key] = e.Value
		}
		s.call("/chatroom/entry/batch/set.json", url.Values{"chatroomId": {"hall"}, "entryOwnerId": {"host"}, "entryInfo": {mustJSON(t, info)}})
	}
	for _, u := range []*user{alice, bob} {
		u.updated("key-101", "101", 1)
	}
	if r := try[any](alice, "setChatRoomEntry", "hall", entry{Key: "one-more", Value: "x"}); r.Code != 23423 {
		t.Errorf("key 101: code %d", r.Code)
	}
	if r := try[any](alice, "setChatRoomEntry", "hall", entry{Key: "key-0", Value: strings.Repeat("鸿", 4096)}); r.Code != 0 {
		t.Errorf("a value of 4096 characters: code %d", r.Code)
	}
	if got := alice.all(); len(got) != 100 {
		t.Errorf("alice has %d keys: %v", len(got), slices.Sorted(maps.Keys(got)))
	}
}

// TestSDKChatroomEntryRace: of those who set a key at the same moment one owns
// it, and all agree who.
func TestSDKChatroomEntryRace(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	const tries = 20
	for _, u := range []*user{alice, bob} {
		call[any](u.page, "im.run", fmt.Sprintf(`
			window.race = Promise.all(Array.from({ length: %d }, (_, i) =>
				RongIMLib.setChatRoomEntry('hall', { key: 'seat-' + i, value: %q }).then((r) => r.code)))`, tries, u.name))
	}
	won := map[*user][]int{}
	for _, u := range []*user{alice, bob} {
		won[u] = call[[]int](u.page, "() => window.race")
	}
	carol := s.connect(t, "carol")
	seats := carol.all()
	for i := range tries {
		a, b := won[alice][i], won[bob][i]
		owner := "alice"
		if a != 0 {
			owner = "bob"
		}
		if min(a, b) != 0 || max(a, b) != 23424 {
			t.Errorf("seat %d: codes %d and %d", i, a, b)
		}
		if got := seats[fmt.Sprint("seat-", i)]; got != owner {
			t.Errorf("seat %d is %s's, not %s's", i, got, owner)
		}
	}
}

// TestSDKChatroomEntriesLeave: what was set to go with its owner goes when the
// owner leaves, and with the room all goes.
func TestSDKChatroomEntriesLeave(t *testing.T) { withEach(t, sdkChatroomEntriesLeave) }

func sdkChatroomEntriesLeave(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	do[any](alice, "setChatRoomEntry", "hall", entry{Key: "seat", Value: "alice", Auto: true})
	do[any](alice, "setChatRoomEntry", "hall", entry{Key: "song", Value: "Bolero"})
	bob.updated("song", "Bolero", 1)
	do[any](alice, "quitChatRoom", "hall")
	bob.updated("seat", "", 2)
	if got := bob.all(); !maps.Equal(got, map[string]string{"song": "Bolero"}) {
		t.Errorf("left are %v", got)
	}
	do[any](bob, "setChatRoomEntry", "hall", entry{Key: "seat", Value: "bob", Auto: true})
	call[any](bob.page, "im.call", "disconnect", false, true) // for good: without it he could come back
	carol := s.connect(t, "carol")
	carol.join("hall", -1)
	event[any](carol, "CHATROOM", `e.entriesSynced === "hall"`)
	if got := carol.all(); !maps.Equal(got, map[string]string{"song": "Bolero"}) {
		t.Errorf("left are %v", got)
	}
	s.call("/chatroom/destroy.json", url.Values{"chatroomId": {"hall"}})
	event[any](carol, "CHATROOM", `e.chatroomDestroyed === "hall"`)
	carol.join("hall", -1)
	event[any](carol, "CHATROOM", `e.entriesSynced === "hall" && im.heard.events.filter(x => x.event?.entriesSynced).length === 2`)
	if got := carol.all(); len(got) != 0 {
		t.Errorf("the new room has %v", got)
	}
}

// TestSDKChatroomEntriesByServer: what the app's server sets and removes the
// SDK is told like all else.
func TestSDKChatroomEntriesByServer(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	s.call("/chatroom/create_new.json", url.Values{"chatroomId": {"hall"}, "entryOwnerId": {"host"}, "entryInfo": {`{"topic":"tea"}`}})
	alice.join("hall", -1)
	alice.updated("topic", "tea", 1)
	s.call("/chatroom/entry/set.json", url.Values{
		"chatroomId": {"hall"}, "userId": {"host"}, "key": {"topic"}, "value": {"cake"}, "content": {`{"key":"topic"}`},
	})
	alice.updated("topic", "cake", 1)
	if m := call[message](alice.page, "im.untilType", "RC:chrmKVNotiMsg"); m.Sender != "host" {
		t.Errorf("notified by %+v", m)
	}
	if r := try[any](alice, "setChatRoomEntry", "hall", entry{Key: "topic", Value: "mine"}); r.Code != 23424 {
		t.Errorf("alice sets the host's key: code %d", r.Code)
	}
	s.call("/chatroom/entry/remove.json", url.Values{"chatroomId": {"hall"}, "userId": {"host"}, "key": {"topic"}})
	alice.updated("topic", "", 2)
}

// metric is the value of a line of the metrics, empty when it is not there.
func (s *server) metric(name string) string {
	s.t.Helper()
	res, err := http.Get(s.url + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
