package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
)

// groupInfo is what the SDK calls IGroupInfo, memberInfo IGroupMemberInfo and
// profile IUserProfileInfo.
type (
	groupInfo struct {
		GroupID      string
		GroupName    string
		MembersCount int
	}
	memberInfo struct {
		UserID      string
		Name        string
		PortraitURI string
		Role        int
		JoinedTime  int64
	}
	profile struct {
		UserID      string
		Name        string
		PortraitURI string
	}
	paged[T any] struct {
		Data      []T
		PageToken string
	}
)

func pageOf(count int, token string) map[string]any {
	return map[string]any{"count": count, "pageToken": token, "order": true}
}

// TestSDKGroupsOfUser: a user is told of the groups they are in, and of no other.
func TestSDKGroupsOfUser(t *testing.T) { withEach(t, sdkGroupsOfUser) }

func sdkGroupsOfUser(t *testing.T) {
	s := startServer(t)
	var names []string
	for i := range 5 {
		name := fmt.Sprintf("g%d", i)
		names = append(names, name)
		s.group(name, "alice", "bob")
	}
	s.group("theirs", "bob", "carol")
	alice := s.connect(t, "alice")

	want := []groupInfo{{"g1", "g1", 2}, {"g3", "g3", 2}}
	for _, function := range []string{"getGroupsInfo", "getJoinedGroups"} {
		if got := do[[]groupInfo](alice, function, []string{"g1", "g3", "theirs", "nowhere"}); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", function, got, want)
		}
	}
	var all []string
	for token, pages := "", 0; pages == 0 || token != ""; pages++ {
		page := do[paged[groupInfo]](alice, "getJoinedGroupsByRole", pageOf(2, token), 0)
		for _, g := range page.Data {
			all = append(all, g.GroupID)
		}
		if token = page.PageToken; pages > 3 {
			t.Fatal("the pages do not end")
		}
	}
	if !slices.Equal(all, names) {
		t.Errorf("joined %q, want %q", all, names)
	}
	if owned := do[paged[groupInfo]](alice, "getJoinedGroupsByRole", pageOf(20, ""), 3); len(owned.Data) > 0 {
		t.Errorf("alice owns %+v", owned.Data)
	}
}

// TestSDKGroupMembers: a member is told of the others, with the names that came
// with their tokens; who is not in the group is told nothing.
func TestSDKGroupMembers(t *testing.T) { withEach(t, sdkGroupMembers) }

func sdkGroupMembers(t *testing.T) {
	s := startServer(t)
	s.call("/user/getToken.json", url.Values{"userId": {"bob"}, "name": {"Bob"}, "portraitUri": {"http://127.0.0.1/b.png"}})
	s.group("team", "alice", "bob", "carol", "dave")
	alice, mallory := s.connect(t, "alice"), s.connect(t, "mallory")

	got := do[[]memberInfo](alice, "getGroupMembers", "team", []string{"bob", "mallory"})
	if len(got) != 1 || got[0].UserID != "bob" || got[0].Name != "Bob" || got[0].PortraitURI != "http://127.0.0.1/b.png" ||
		got[0].Role != 1 || got[0].JoinedTime == 0 {
		t.Errorf("%+v, want bob alone, with name, portrait and when he joined", got)
	}
	first := do[paged[memberInfo]](alice, "getGroupMembersByRole", "team", 0, pageOf(3, ""))
	rest := do[paged[memberInfo]](alice, "getGroupMembersByRole", "team", 0, pageOf(3, first.PageToken))
	var ids []string
	for _, m := range append(first.Data, rest.Data...) {
		ids = append(ids, m.UserID)
	}
	if !slices.Equal(ids, []string{"alice", "bob", "carol", "dave"}) || rest.PageToken != "" {
		t.Errorf("members %q, and then %q", ids, rest.PageToken)
	}
	if r := try[any](mallory, "getGroupMembers", "team", []string{"bob"}); r.Code != 22406 {
		t.Errorf("mallory is answered with %d, want 22406", r.Code)
	}
}

// TestSDKProfiles: the name and portrait that the app told are a user's profile.
func TestSDKProfiles(t *testing.T) { withEach(t, sdkProfiles) }

func sdkProfiles(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	for _, user := range []string{"alice", "bob"} {
		s.call("/user/refresh.json", url.Values{"userId": {user}, "name": {"The " + user}, "portraitUri": {"http://127.0.0.1/" + user + ".png"}})
	}
	alice.reload()
	if got, want := do[profile](alice, "getMyUserProfile"), (profile{"alice", "The alice", "http://127.0.0.1/alice.png"}); got != want {
		t.Errorf("alice is %+v, want %+v", got, want)
	}
	want := []profile{{"bob", "The bob", "http://127.0.0.1/bob.png"}, {UserID: "nobody"}}
	if got := do[[]profile](alice, "getUserProfiles", []string{"bob", "nobody"}); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
