package node

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/gateway"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/web"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// demoTokenLife is how long the tokens of the chat page are good for.
const demoTokenLife = 30 * 24 * time.Hour

// demo is what an app's own server would be: it says who there is, and gives
// tokens to whoever asks. Only a server in dev mode has one.
type demo struct {
	*realm
	mu sync.Mutex // held while something is made, so that it is made once
}

func (n *Node) mountDemo(mux *http.ServeMux, directions gateway.Navigation) {
	at := slices.IndexFunc(n.realms, func(r *realm) bool { return r.app.Key == DevKey })
	mux.Handle("/", web.Handler(&demo{realm: n.realms[at]}, func(r *http.Request) []string {
		return origins(directions.FilesURL(r), directions.Storage)
	}))
}

// origins are those of URLs. What is no URL with a host has none: a request may
// say what it likes to be for.
func origins(urls ...string) []string {
	var all []string
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || strings.ContainsAny(u.Host, " ;,'\"") {
			continue
		}
		all = append(all, u.Scheme+"://"+u.Host)
	}
	return all
}

// The people, groups and chatrooms that the page opens on. They are made when
// the page is first opened, so that a server which nobody opens it on stays
// as empty as its owner's tests expect.
var (
	demoPeople = []web.Name{
		{ID: "alice", Name: "Alice", Chinese: "阿鸿"},
		{ID: "bob", Name: "Bob", Chinese: "阿雁"},
		{ID: "carol", Name: "Carol", Chinese: "晓岚"},
		{ID: "dave", Name: "Dave", Chinese: "大伟"},
		{ID: "erin", Name: "Erin", Chinese: "艾琳"},
	}
	demoGroups = []web.Group{
		{Name: web.Name{ID: "flock", Name: "The flock", Chinese: "雁群"}, Members: []string{"alice", "bob", "carol", "dave", "erin"}},
		{Name: web.Name{ID: "tea", Name: "Tea break", Chinese: "茶歇"}, Members: []string{"alice", "bob", "carol"}},
	}
	demoRooms = []web.Name{{ID: "square", Name: "The square", Chinese: "广场"}}

	demoGreetings = []struct {
		typ            chat.ConversationType
		target, sender string
		text           string
	}{
		{chat.Group, "flock", "hongyan", "Welcome to Hongyan! Everybody who signs in on this page is in this group. Open a second window as somebody else and say hello.\n" +
			"欢迎来到鸿雁！在这个页面登录的人都在本群里。再开一个窗口，换一个人，打个招呼吧。"},
		{chat.Group, "tea", "carol", "The kettle is on. Who wants tea?\n水开了，谁要喝茶？"},
		{chat.Chatroom, "square", "hongyan", "Welcome to the square: come and go as you like.\n欢迎来到广场，来去自由。"},
	}
	demoHost = web.Name{ID: "hongyan", Name: "Hongyan", Chinese: "鸿雁"} // who greets
)

// openGroup is the group that everybody who signs in joins.
const openGroup = "flock"

// maxDemoGroup is how many members the page may give a new group.
const maxDemoGroup = 100

// Grant gives user a token, and the user a place in the open group.
func (d *demo) Grant(ctx context.Context, user string) (appKey, token string, err error) {
	if err := wire.CheckID("user", user); err != nil {
		return "", "", err
	}
	if err := d.settle(ctx); err != nil {
		return "", "", err
	}
	group, err := d.store.Group(ctx, openGroup)
	if err != nil {
		return "", "", err
	}
	if !slices.Contains(group.Members, chat.UserID(user)) {
		if _, err := d.writer.Change(ctx, store.GroupJoined{Group: openGroup, Users: []chat.UserID{chat.UserID(user)}}); err != nil {
			return "", "", err
		}
		// So that the group is in the newcomer's list.
		if err := d.notice(ctx, openGroup, user, "Add", user); err != nil {
			return "", "", err
		}
	}
	token, err = d.tokens.Issue(chat.UserID(user), time.Now(), demoTokenLife)
	return DevKey, token, err
}

// Directory is whom and what user can find: the people of the demo and those
// who share a group with user, these groups, and the chatrooms.
func (d *demo) Directory(ctx context.Context, user string) (web.Directory, error) {
	all := web.Directory{People: append(slices.Clone(demoPeople), demoHost), Groups: []web.Group{}, Rooms: demoRooms}
	if err := d.settle(ctx); err != nil {
		return all, err
	}
	stays, _, err := d.store.Memberships(ctx, chat.UserID(user))
	if err != nil {
		return all, err
	}
	for _, stay := range stays {
		group, err := d.store.Group(ctx, stay.Group)
		if errors.Is(err, store.ErrNotFound) || !slices.Contains(group.Members, chat.UserID(user)) {
			continue // the user was a member once
		}
		if err != nil {
			return all, err
		}
		all.Groups = append(all.Groups, described(group))
		for _, member := range group.Members {
			if !slices.ContainsFunc(all.People, func(p web.Name) bool { return p.ID == string(member) }) {
				all.People = append(all.People, web.Name{ID: string(member), Name: string(member)})
			}
		}
	}
	all.Groups = slices.CompactFunc(all.Groups, func(a, b web.Group) bool { return a.ID == b.ID }) // of who left and came back
	return all, nil
}

// described is group as the page shows it.
func described(group store.Group) web.Group {
	name := web.Name{ID: group.ID, Name: cmp.Or(group.Name, group.ID)}
	if at := slices.IndexFunc(demoGroups, func(g web.Group) bool { return g.ID == group.ID }); at >= 0 {
		name = demoGroups[at].Name
	}
	members := make([]string, len(group.Members))
	for i, member := range group.Members {
		members[i] = string(member)
	}
	return web.Group{Name: name, Members: members}
}

// CreateGroup makes a group of members, of whom the first one is its creator,
// and tells them.
func (d *demo) CreateGroup(ctx context.Context, name string, members []string) (id string, err error) {
	if len(members) == 0 || len(members) > maxDemoGroup {
		return "", chat.Errorf(chat.BadParameter, "member: %d of them, not 1 to %d", len(members), maxDemoGroup)
	}
	if err := wire.CheckID("name", name); err != nil {
		return "", err
	}
	users := make([]chat.UserID, len(members))
	for i, member := range members {
		if err := wire.CheckID("member", member); err != nil {
			return "", err
		}
		users[i] = chat.UserID(member)
	}
	id = "group-" + rand.Text()
	if _, err := d.writer.Change(ctx, store.GroupJoined{Group: id, Name: name, Users: users}); err != nil {
		return "", err
	}
	return id, d.notice(ctx, id, members[0], "Create", name)
}

// notice tells a group what user did. name is what was named by it.
func (d *demo) notice(ctx context.Context, group, user, operation, name string) error {
	content := map[string]string{
		"operatorUserId": user, "operation": operation, "data": jsonText(map[string]string{"name": name}), "message": name,
	}
	return d.say(ctx, chat.Group, group, user, "RC:GrpNtf", content)
}

// settle makes what is not there yet. A group that is there is left as its
// members made it.
func (d *demo) settle(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	made := map[string]bool{}
	for _, g := range demoGroups {
		_, err := d.store.Group(ctx, g.ID)
		if !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		users := make([]chat.UserID, len(g.Members))
		for i, member := range g.Members {
			users[i] = chat.UserID(member)
		}
		if _, err := d.writer.Change(ctx, store.GroupJoined{Group: g.ID, Name: g.Name.Name, Users: users}); err != nil {
			return err
		}
		made[g.ID] = true
	}
	for _, room := range demoRooms {
		_, err := d.rooms.Info(ctx, room.ID)
		if chat.CodeOf(err) != chat.ChatroomMissing {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.rooms.Create(ctx, chatroom.Spec{ID: room.ID, Name: room.Name}); err != nil {
			return err
		}
		made[room.ID] = true
	}
	for _, g := range demoGreetings {
		if !made[g.target] {
			continue
		}
		content := map[string]any{"content": g.text, "user": map[string]string{"id": g.sender, "name": d.nameOf(g.sender)}}
		if err := d.say(ctx, g.typ, g.target, g.sender, "RC:TxtMsg", content); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is what the messages of a person of the demo call their sender.
func (d *demo) nameOf(id string) string {
	for _, p := range append(slices.Clone(demoPeople), demoHost) {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

// say sends a message as the app's server does.
func (d *demo) say(ctx context.Context, typ chat.ConversationType, target, sender, objectName string, content any) error {
	m, err := wire.NewMessage(typ, chat.UserID(sender), target, &pb.UpMessage{
		ClassName: &objectName, Content: []byte(jsonText(content)), Flags: new(wire.UpFlags(chat.TypeNamed(objectName).Flags)),
	})
	if err != nil {
		return err
	}
	m.Prepare()
	return d.writer.Send(ctx, 0, m)[0]
}

// jsonText is v as JSON. What this file says in JSON are texts, which cannot fail.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
