package e2e

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/imtest"
)

var updateCompat = flag.Bool("compat.update", false, "write how each function ended into docs/compatibility.md")

const compatPage = "../docs/compatibility.md"

// claim is a row of docs/compatibility.md about a function of the SDK.
type claim struct {
	name     string
	priority string
	state    string
	ends     string // the code that a plausible call ends with, or "value"
	shown    string // the tests that show it, and what is missing
}

var (
	claimRow = regexp.MustCompile("^\\| `([\\w.]+)` \\| (P[0-2]) \\| (\\w+) \\| ([^|]*) \\| ([^|]*) \\|$")
	eventRow = regexp.MustCompile("^\\| `([A-Z0-9_]+)` \\| (P[0-2]) \\| ([^|]*) \\| ([^|]*) \\|$")
	testName = regexp.MustCompile(`\bTest\w+`)
)

// readCompat returns the rows of the page: those about functions, and the
// names of the events with what their rows say.
func readCompat(t *testing.T) (claims []claim, events map[string][]string) {
	t.Helper()
	text, err := os.ReadFile(compatPage)
	if err != nil {
		t.Fatal(err)
	}
	events = map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if m := claimRow.FindStringSubmatch(line); m != nil {
			claims = append(claims, claim{m[1], m[2], m[3], strings.TrimSpace(m[4]), strings.TrimSpace(m[5])})
		} else if m := eventRow.FindStringSubmatch(line); m != nil {
			events[m[1]] = m[3:]
		} else if strings.HasPrefix(line, "| `") {
			t.Errorf("%s: a row that is not understood: %s", compatPage, line)
		}
	}
	return claims, events
}

// TestCompatibilityPage: what docs/compatibility.md claims has a test that is
// there, and is claimed in one of five words.
func TestCompatibilityPage(t *testing.T) {
	claims, events := readCompat(t)
	there := tests(t, ".")
	shownBy := func(what, text string) (n int) {
		for _, name := range testName.FindAllString(text, -1) {
			n++
			if there[name] == nil {
				t.Errorf("%s: there is no test %s", what, name)
			}
		}
		return n
	}
	seen := map[string]bool{}
	for _, c := range claims {
		if seen[c.name] {
			t.Errorf("%s has two rows", c.name)
		}
		seen[c.name] = true
		shown := shownBy(c.name, c.shown)
		answered := c.ends == "0" || c.ends == "value"
		switch c.state {
		case "works":
			if shown == 0 || !answered {
				t.Errorf("%s works, but ends with %s, shown by %q", c.name, c.ends, c.shown)
			}
		case "partly":
			if shown == 0 || testName.ReplaceAllString(c.shown, "") == "" {
				t.Errorf("%s works partly, but its row names no test or nothing that is missing: %q", c.name, c.shown)
			}
		case "local":
			if !answered {
				t.Errorf("%s is local, but ends with %s", c.name, c.ends)
			}
		case "setting":
			if shown == 0 || !strings.Contains(c.shown, "`") {
				t.Errorf("%s works with a setting, but its row names no test or no setting: %q", c.name, c.shown)
			}
		case "refused":
			if answered {
				t.Errorf("%s is refused, but ends with %s", c.name, c.ends)
			}
		default:
			t.Errorf("%s: %q is no state", c.name, c.state)
		}
	}
	for name, row := range events {
		if never := strings.HasPrefix(row[0], "never"); shownBy(name, row[1]) == 0 && !never {
			t.Errorf("the event %s fires, but no test is named", name)
		}
	}
}

// ending is how a call of a function ended.
type ending struct {
	How  string `json:"how"`
	Took int    `json:"took"` // milliseconds
}

// longest is how long a call may take, in milliseconds. The SDK gives up a
// question that nobody answers after 30,000.
const longest = 10_000

// TestSDKCompatibility: every function that the SDK exports is called once with
// plausible arguments, settles, and ends as docs/compatibility.md says. The
// page has a row for every function and event of the SDK that is installed,
// and for no other.
func TestSDKCompatibility(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice := compatWorld(t, s)
	claims, events := readCompat(t)
	checkNames(t, alice, claims, events)

	ends := map[string]string{}
	for _, name := range call[[]string](alice.page, "() => compat.names") {
		e := call[ending](alice.page, "compat.run", name, longest)
		ends[name] = e.How
	}
	if *updateCompat {
		writeEnds(t, ends)
		return
	}
	for _, c := range claims {
		switch end, called := ends[c.name]; {
		case !called:
			t.Errorf("%s is never called", c.name)
		case end != c.ends:
			t.Errorf("%s ends with %s, not %s", c.name, end, c.ends)
		}
	}
}

// checkNames compares the rows of the page with what the SDK exports.
func checkNames(t *testing.T, u *user, claims []claim, events map[string][]string) {
	t.Helper()
	exported := call[struct{ Functions, Events []string }](u.page, "() => compat.exported")
	var named, fired []string
	for _, c := range claims {
		named = append(named, c.name)
	}
	for name := range events {
		fired = append(fired, name)
	}
	for what, lists := range map[string][2][]string{"function": {named, exported.Functions}, "event": {fired, exported.Events}} {
		for _, name := range lists[1] {
			if !slices.Contains(lists[0], name) {
				t.Errorf("the %s %s has no row", what, name)
			}
		}
		for _, name := range lists[0] {
			if !slices.Contains(lists[1], name) {
				t.Errorf("the SDK has no %s %s", what, name)
			}
		}
	}
}

// compatWorld is a page of alice in which compat.js can make its calls.
func compatWorld(t *testing.T, s *server) *user {
	t.Helper()
	s.group("team", "alice", "bob")
	s.call("/chatroom/create_new.json", url.Values{"chatroomId": {"lobby"}})
	s.call("/ultragroup/create.json", url.Values{"userId": {"alice"}, "groupId": {"world"}, "groupName": {"world"}})
	s.call("/ultragroup/join.json", url.Values{"userId": {"bob"}, "groupId": {"world"}})
	s.call("/ultragroup/channel/create.json", url.Values{"groupId": {"world"}, "busChannel": {"news"}})
	bob := s.connect(t, "bob")
	text := map[string]any{"content": "from bob"}
	fromBob := bob.send(private("alice"), "TextMessage", text, map[string]any{"needReceipt": true})
	mustBeSent(t, fromBob)
	mustBeSent(t, bob.send(conversation{10, "world", "news"}, "TextMessage", text, nil))
	alice := s.connect(t, "alice")
	alice.hears("from bob")
	call[any](alice.page, "async () => { window.compat = await import('/testdata/compat.js'); return true }")
	call[any](alice.page, "compat.begin", alice.token, s.url, appKey)
	call[any](alice.page, "compat.setWorld", "fromBob", fromBob.Data.UID)
	return alice
}

// writeEnds writes how each call ended into its row.
func writeEnds(t *testing.T, ends map[string]string) {
	t.Helper()
	text, err := os.ReadFile(compatPage)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		if m := claimRow.FindStringSubmatch(strings.TrimSpace(line)); m != nil && ends[m[1]] != "" {
			line = fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", m[1], m[2], m[3], ends[m[1]], m[5])
		}
		out.WriteString(line)
	}
	if err := os.WriteFile(compatPage, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestSDKTopics: whatever topic of its table the SDK may ever use, the server
// answers at once. Silence would cost the application 30 seconds.
func TestSDKTopics(t *testing.T) {
	n := imtest.Start(t)
	alice := imtest.Dial(t, n, "alice", imtest.Manual())
	const soon = 5 * time.Second
	for _, topic := range sdkTopics(t) {
		begun := time.Now()
		code, _, err := alice.Query(topic, "alice", nil)
		if took := time.Since(begun); err != nil || took > soon {
			t.Errorf("QUERY %s: code %d after %s, %v", topic, code, took, err)
		}
		if strings.HasSuffix(topic, "S") && topic != "pullUS" {
			alice.Publish(topic, "alice", nil) // nobody waits for an answer
			continue
		}
		begun = time.Now()
		ack, err := alice.Ack(alice.Publish(topic, "alice", nil))
		if took := time.Since(begun); err != nil || took > soon {
			t.Errorf("PUBLISH %s: code %d after %s, %v", topic, ack.Code, took, err)
		}
	}
}

// sdkTopics reads the table of topics out of the SDK.
func sdkTopics(t *testing.T) (topics []string) {
	t.Helper()
	text, err := os.ReadFile("node_modules/@rongcloud/engine/index.mjs")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), `e[e.ppMsgP=1]="ppMsgP"`)
	table, _, closed := strings.Cut(table, "}(")
	if !found || !closed {
		t.Fatal("the SDK has no table of topics where it was")
	}
	topics = []string{"ppMsgP"}
	for _, m := range regexp.MustCompile(`e\[e\.(\w+)=\d+\]=`).FindAllStringSubmatch(table, -1) {
		topics = append(topics, m[1])
	}
	if len(topics) < 100 {
		t.Fatalf("the SDK has only %d topics: %q", len(topics), topics)
	}
	return topics
}
