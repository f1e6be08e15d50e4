package api

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
)

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
