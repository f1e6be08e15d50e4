package e2e

import (
	"fmt"
	"slices"
	"testing"
)

type tag struct {
	ID   string `json:"tagId"`
	Name string `json:"tagName"`
}

// TestSDKTags: tags and what has them are the same on all devices.
func TestSDKTags(t *testing.T) { withEach(t, sdkTags) }

func sdkTags(t *testing.T) {
	s := startWith(t, fast())
	alice, phone, laptop := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "bob")
	alice.says(private("bob"), "1", "2")
	s.connect(t, "carol").say(private("bob"), "3")
	laptop.hears("3")

	do[any](phone, "addTag", tag{"work", "At work"})
	do[any](phone, "addTag", tag{"home", "At home"})
	do[any](phone, "updateTag", tag{"home", "Home"})
	do[any](phone, "addConversationsToTag", "work", []conversation{private("alice"), private("carol")})
	do[any](phone, "addConversationsToTag", "home", []conversation{private("alice")})
	do[any](phone, "setConversationToTopInTag", "work", private("alice"), true)
	for _, b := range []*user{phone, laptop, s.connect(t, "bob")} {
		call[any](b.page, `async () => {
			for (;;) {
				const { data } = await RongIMLib.getTags()
				const { data: of } = await RongIMLib.getTagsFromConversation({ conversationType: 1, targetId: 'alice' })
				if (data.length === 2 && data.some((t) => t.tagName === 'Home') && of.length === 2) return true
				await new Promise((again) => setTimeout(again, 10))
			}
		}`)
		b.until(3, "getUnreadCountByTag", "work", true)
		tagged := do[[]listed](b, "getConversationsFromTagByPage", "work", 10, 0)
		names := targets(tagged)
		slices.Sort(names)
		if !slices.Equal(names, []string{"alice", "carol"}) {
			t.Errorf("tagged are %q", names)
		}
		for _, l := range tagged {
			if l.TopInTag != (l.Target == "alice") {
				t.Errorf("%s is on top: %t", l.Target, l.TopInTag)
			}
		}
		loaded := call[[]string](b.page, `async () => {
			const { data: loader } = await RongIMLib.createConversationListLoader({ tagFilter: { tagIds: ['work'], topPriority: true }, order: 0 })
			const { data } = await loader.load(10)
			return data.map((c) => c.targetId)
		}`)
		if !slices.Equal(loaded, []string{"alice", "carol"}) {
			t.Errorf("the loader has %q", loaded)
		}
	}
	do[any](laptop, "removeTagFromConversations", "work", []conversation{private("carol")})
	do[any](laptop, "removeTagsFromConversation", private("alice"), []string{"home"})
	phone.until(2, "getUnreadCountByTag", "work", true)
	phone.until(0, "getUnreadCountByTag", "home", true)
	do[any](laptop, "removeTag", "work")
	call[any](phone.page, `async () => {
		for (;;) {
			const { data } = await RongIMLib.getTags()
			if (data.length === 1) return true
			await new Promise((again) => setTimeout(again, 10))
		}
	}`)
	phone.until(0, "getUnreadCountByTag", "work", true)
}

// TestSDKTagsAreBounded: the twenty-first tag is one too many.
func TestSDKTagsAreBounded(t *testing.T) {
	s := startWith(t, fast())
	alice := s.connect(t, "alice")
	for i := range 20 {
		do[any](alice, "addTag", tag{fmt.Sprint("tag", i), "name"})
	}
	if r := try[any](alice, "addTag", tag{"more", "name"}); r.Code != 26004 {
		t.Errorf("one more: code %d", r.Code)
	}
	do[any](alice, "removeTag", "tag0")
	do[any](alice, "addTag", tag{"more", "name"})
}
