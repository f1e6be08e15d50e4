package imlib_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// known makes a user known by name and portrait.
func known(n *imtest.Node, user, name string) {
	n.Post("/user/getToken.json", url.Values{"userId": {user}, "name": {name}, "portraitUri": {"https://example.com/" + user}})
}

func TestProfilesAreWhatTheAppsServerTold(t *testing.T) {
	n := imtest.Start(t)
	known(n, "alice", "Alice 🌷")
	known(n, "bob", "Bob")
	alice := connect(t, n, "alice")
	if own := must[imlib.Profile](t)(alice.OwnProfile(t.Context())); own != (imlib.Profile{User: "alice", Name: "Alice 🌷", Portrait: "https://example.com/alice"}) {
		t.Errorf("alice is %+v", own)
	}
	list := must[[]imlib.Profile](t)(alice.Profiles(t.Context(), "nobody", "bob"))
	if len(list) != 2 || list[0] != (imlib.Profile{User: "nobody"}) || list[1].Name != "Bob" {
		t.Errorf("they are %+v", list)
	}
	_, err := alice.Profiles(t.Context())
	refused(t, chat.BadUsers, err)
	_, err = alice.Profiles(t.Context(), make([]chat.UserID, 101)...)
	refused(t, chat.BadUsers, err)
}

func TestGroupsAndTheirMembers(t *testing.T) {
	n := imtest.Start(t)
	known(n, "bob", "Bob")
	var crowd []chat.UserID
	for i := range 120 { // more than a page
		crowd = append(crowd, chat.UserID(fmt.Sprintf("user%03d", i)))
	}
	n.Join("crowd", append(crowd, "alice")...)
	n.Join("team", "alice", "bob")
	n.Join("others", "bob")
	alice := connect(t, n, "alice")
	var joined []string
	for g, err := range alice.JoinedGroups(t.Context()) {
		ok(t, err)
		if joined = append(joined, g.ID); g.Name != g.ID || g.Joined.IsZero() || g.ID == "crowd" && g.Members != 121 {
			t.Errorf("a group is %+v", g)
		}
	}
	if !slices.Equal(joined, []string{"crowd", "team"}) {
		t.Errorf("alice is in %q", joined)
	}
	groups := must[[]imlib.GroupInfo](t)(alice.Groups(t.Context(), "team", "others"))
	if len(groups) != 1 || groups[0].ID != "team" || groups[0].Members != 2 {
		t.Errorf("the groups are %+v", groups)
	}
	var members []chat.UserID
	for m, err := range alice.Members(t.Context(), "crowd") {
		ok(t, err)
		members = append(members, m.User)
	}
	if !slices.Equal(members, append([]chat.UserID{"alice"}, crowd...)) {
		t.Errorf("%d members: %q", len(members), members)
	}
	some := must[[]imlib.Member](t)(alice.MembersNamed(t.Context(), "team", "bob", "carol"))
	if len(some) != 1 || some[0].Profile != (imlib.Profile{User: "bob", Name: "Bob", Portrait: "https://example.com/bob"}) || some[0].Joined.IsZero() {
		t.Errorf("some members are %+v", some)
	}
	for _, err := range alice.Members(t.Context(), "others") {
		refused(t, chat.NotInGroup, err)
	}
	for _, err := range alice.Members(t.Context(), "") {
		refused(t, chat.BadGroup, err)
	}
	_, err := alice.Groups(t.Context(), make([]string, 21)...)
	refused(t, chat.BadGroups, err)
	_, err = alice.MembersNamed(t.Context(), "team")
	refused(t, chat.BadUsers, err)
}
