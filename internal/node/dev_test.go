package node_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/web"
)

// startDemo starts a node in dev mode.
func startDemo(t *testing.T, options ...imtest.Option) *imtest.Node {
	t.Helper()
	return imtest.Start(t, append(options, func(c *node.Config) { c.Dev, c.Apps = true, nil })...)
}

// dialDemo connects a user of the chat page.
func dialDemo(t *testing.T, n *imtest.Node, user chat.UserID) *imtest.Client {
	t.Helper()
	token := n.TokenFor(node.DevKey, node.DevSecret, user, time.Now(), time.Hour)
	return imtest.Dial(t, n, user, imtest.WithToken(token), imtest.Parameter("appId", node.DevKey))
}

// directory is what the chat page shows user.
func directory(t *testing.T, n *imtest.Node, user string) web.Directory {
	t.Helper()
	_, body := n.Get("/demo/directory?user=" + url.QueryEscape(user))
	var d web.Directory
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return d
}

// demoPost posts a form as the chat page does.
func demoPost(t *testing.T, n *imtest.Node, path string, form url.Values) (status int, body string) {
	t.Helper()
	res, err := http.PostForm(n.URL()+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(b))
}

func groupIDs(d web.Directory) (ids []string) {
	for _, g := range d.Groups {
		ids = append(ids, g.ID)
	}
	return ids
}

// The page opens on people, groups and a chatroom, which are made once.
func TestDemoWorld(t *testing.T) {
	data := t.TempDir()
	n := startDemo(t, imtest.Data(data))
	if d := directory(t, n, ""); len(d.People) < 4 || len(d.Groups) != 0 || len(d.Rooms) != 1 {
		t.Errorf("nobody in particular finds %+v", d)
	}
	for range 2 {
		if got := groupIDs(directory(t, n, "bob")); !slices.Equal(got, []string{"flock", "tea"}) {
			t.Errorf("bob is in %v", got)
		}
	}
	bob := dialDemo(t, n, "bob")
	page, _, _ := bob.History(chat.Group, "flock", 0, true, 20)
	if len(page) != 1 {
		t.Errorf("the flock was greeted %d times", len(page))
	}
	n.Stop()

	n = startDemo(t, imtest.Data(data))
	directory(t, n, "bob")
	bob = dialDemo(t, n, "bob")
	if page, _, _ := bob.History(chat.Group, "flock", 0, true, 20); len(page) != 1 {
		t.Errorf("the flock was greeted %d times after a restart", len(page))
	}
}

// Nothing is made on a server whose page nobody opens.
func TestDemoWaitsForTheFirstVisitor(t *testing.T) {
	n := startDemo(t)
	bob := dialDemo(t, n, "bob")
	if page, _, _ := bob.Pull(0, 0); len(page) != 0 {
		t.Errorf("bob finds %d messages", len(page))
	}
}

// Whoever signs in is in the open group from then on, and others find them there.
func TestDemoNewcomer(t *testing.T) {
	n := startDemo(t)
	for range 2 {
		if status, body := demoPost(t, n, "/demo/token", url.Values{"user": {"尹新"}}); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	if got := groupIDs(directory(t, n, "尹新")); !slices.Equal(got, []string{"flock"}) {
		t.Errorf("the newcomer is in %v", got)
	}
	found := func(p web.Name) bool { return p.ID == "尹新" }
	d := directory(t, n, "bob")
	if !slices.ContainsFunc(d.People, found) || len(d.Groups[0].Members) != 6 {
		t.Errorf("bob finds %+v", d)
	}
	if status, _ := demoPost(t, n, "/demo/token", url.Values{"user": {"a\x00b"}}); status != http.StatusForbidden {
		t.Errorf("status %d for a name that cannot be", status)
	}
}

// A group that somebody makes on the page is there for its members, who are told.
func TestDemoCreatesGroup(t *testing.T) {
	n := startDemo(t)
	bob := dialDemo(t, n, "bob")
	status, body := demoPost(t, n, "/demo/group", url.Values{"name": {"Chess"}, "member": {"alice", "bob"}})
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusOK || made.ID == "" {
		t.Fatalf("%d %s", status, body)
	}
	bob.Await("the notice", func(m imtest.Message) bool { return m.Target == made.ID && m.ObjectName == "RC:GrpNtf" })
	d := directory(t, n, "alice")
	at := slices.IndexFunc(d.Groups, func(g web.Group) bool { return g.ID == made.ID })
	if at < 0 || d.Groups[at].Name.Name != "Chess" || !slices.Equal(d.Groups[at].Members, []string{"alice", "bob"}) {
		t.Errorf("alice finds %+v", d.Groups)
	}
	for _, wrong := range []url.Values{
		{"name": {"Chess"}}, {"member": {"alice"}}, {"name": {"Chess"}, "member": {""}}, {"name": {"Chess"}, "member": slices.Repeat([]string{"alice"}, 101)},
	} {
		if status, body := demoPost(t, n, "/demo/group", wrong); status != http.StatusForbidden || body == "" {
			t.Errorf("%d %q for %v", status, body, wrong)
		}
	}
}
