package api

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// willing does whatever it is asked, and remembers nothing.
type willing struct{}

func (willing) Change(context.Context, ...store.Change) (chat.Tick, error) { return 1, nil }
func (willing) Send(_ context.Context, _ roster.Check, msgs ...*chat.Message) []error {
	return make([]error, len(msgs))
}
func (willing) Recall(context.Context, amend.Recall) (chat.ID, error) { return chat.ID{}, nil }
func (willing) Edit(context.Context, amend.Edit) (*chat.Message, chat.Tick, error) {
	return nil, 0, nil
}
func (willing) Expand(context.Context, amend.Expansion) (chat.ID, error) { return chat.ID{}, nil }

func (willing) Submit(r *writer.Request) { r.Owner.Answer(r) }

// Whatever a caller sends to any call, it is not our failure.
func FuzzCalls(f *testing.F) {
	paths := slices.Sorted(maps.Keys(endpoints))
	for i, path := range paths {
		f.Add(uint8(i), forms[path])
	}
	tokens, err := auth.NewTokens(testApp)
	if err != nil {
		f.Fatal(err)
	}
	model := storetest.NewModel(store.Options{})
	cfg := Config{GroupMembers: 3000, Blacklist: 3000, Now: time.Now}
	rooms, err := chatroom.New(f.Context(), model, willing{}, 0, chatroom.Config{})
	if err != nil {
		f.Fatal(err)
	}
	a := newRealm(App{
		Key: testApp.Key, Tokens: tokens, Store: model, Roster: roster.New(model, roster.Config{}),
		Writer: willing{}, Editor: willing{}, Rooms: rooms, Presence: &kicks{},
	}, &cfg)
	f.Fuzz(func(t *testing.T, call uint8, body string) {
		form, err := parseForm(body)
		if err != nil {
			return
		}
		path := paths[int(call)%len(paths)]
		if _, err := endpoints[path](t.Context(), a, form); err != nil && refusalOf(err).code == codeInternal {
			t.Errorf("%s %q: %v", path, body, err)
		}
	})
}

// Whatever the body is, what the form hands out is within its bounds or the
// form says what is wrong.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"", "&", "=", "a=%", "id=%00", "id=%ff", "n=1&n=2", "n=9223372036854775808", "flag=1&list=a&list=a&list=b",
		"room[a]=x&room[]=y&room[=z", "text=" + strings.Repeat("%e9%b8%bf", 9)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := parseForm(body)
		if err != nil {
			if chat.CodeOf(err) != chat.BadParameter {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		id, ids := form.id("id"), form.ids("list", 3)
		number, needed := form.number("n", 5, 1, 9), form.needed("n", 1, 9)
		form.flag("flag", false)
		text, name := form.text("text", 16), form.name("text")
		rooms, _ := form.named("room", 2)
		if form.err != nil {
			if chat.CodeOf(form.err) != chat.BadParameter {
				t.Errorf("%q: %v", body, form.err)
			}
			return
		}
		if id == "" || len(id) > 64 || len(ids) == 0 || len(ids) > 3 || number < 1 || number > 9 || needed != number ||
			len(text) > 16 || !utf8.ValidString(text) || text != name || len(rooms) == 0 || len(rooms) > 2 {
			t.Errorf("%q passed as %q %q %d %q %q", body, id, ids, number, text, rooms)
		}
	})
}
