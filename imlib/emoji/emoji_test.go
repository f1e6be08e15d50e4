package emoji_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/imlib/emoji"
)

// A vector is a call and its result, which Go and TypeScript share.
type vector struct {
	Name    string
	Options struct {
		Lang        emoji.Lang
		Size        int
		URL, Images string
		LegacyCJK   bool
		Extension   struct {
			DataSource map[string]struct{ En, Zh, Tag, Position string }
			URL        string
		}
	}
	Call, Text, Want string
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// set makes the set that a vector is about.
func (v vector) set(t testing.TB) *emoji.Set {
	t.Helper()
	o := emoji.Options{Lang: v.Options.Lang, Size: v.Options.Size, URL: v.Options.URL, Images: v.Options.Images, LegacyCJK: v.Options.LegacyCJK}
	for _, e := range v.Options.Extension.DataSource {
		added := emoji.Entry{Emoji: e.Tag, Zh: e.Zh, En: e.En, URL: v.Options.Extension.URL}
		if x, y, ok := strings.Cut(e.Position, " "); ok {
			if err := json.Unmarshal([]byte("["+strings.ReplaceAll(x+","+y, "px", "")+"]"), &[]any{&added.X, &added.Y}); err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
		}
		o.Extension = append(o.Extension, added)
	}
	return emoji.New(o)
}

func call(s *emoji.Set, function, text string) string {
	switch function {
	case "emojiToSymbol":
		return s.ToSymbol(text)
	case "symbolToEmoji":
		return s.FromSymbol(text)
	case "emojiToHTML":
		return s.HTML(text)
	case "symbolToHTML":
		return s.SymbolHTML(text)
	}
	panic(function)
}

// TestVectors: Go answers as the web plugin does.
// Shows S103, S104, S110, S111, S112, S113, S115, S116, S117, S118, S120, S121, S122, S123, S124, S125.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		if got := call(v.set(t), v.Call, v.Text); got != v.Want {
			t.Errorf("%s: %s(%q) = %q\nwant %q", v.Name, v.Call, v.Text, got, v.Want)
		}
	}
}

// TestList: a picker has 129 Emoji to offer, and more by configuration.
// Shows S101, S102, S109, S119.
func TestList(t *testing.T) {
	list := emoji.In(emoji.Chinese).List()
	if len(list) != 129 || list[1] != (emoji.Emoji{Unicode: "u1F600", Emoji: "😀", Symbol: "[笑嘻嘻]"}) {
		t.Errorf("%d Emoji, the second is %+v", len(list), list[1])
	}
	more := emoji.New(emoji.Options{Lang: emoji.English, Extension: []emoji.Entry{
		{Emoji: "🤔", Zh: "思考", En: "thinking face"}, {Emoji: "👨‍💻", Zh: "程序员", En: "coder"},
	}}).List()
	want := []emoji.Emoji{{"u1F914", "🤔", "[thinking face]"}, {"u1F468-200D-1F4BB", "👨‍💻", "[coder]"}}
	if !slices.Equal(more[129:], want) || more[1].Symbol != "[Grinning Face]" {
		t.Errorf("with an extension: %+v", more[129:])
	}
	if len(emoji.In(emoji.English).List()) != 129 {
		t.Error("the extension of one set is in another")
	}
}

// Names lead back to their Emoji, in both languages.
func TestNamesRoundTrip(t *testing.T) {
	for _, lang := range []emoji.Lang{emoji.Chinese, emoji.English, ""} {
		s := emoji.In(lang)
		for _, e := range s.List() {
			if got := s.ToSymbol(e.Emoji); got != e.Symbol {
				t.Errorf("%s: %s, want %s", e.Emoji, got, e.Symbol)
			}
			if got := s.FromSymbol(e.Symbol); got != e.Emoji {
				t.Errorf("%s: %s, want %s", e.Symbol, got, e.Emoji)
			}
		}
	}
}

func TestBadExtension(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an entry without a name is taken")
		}
	}()
	emoji.New(emoji.Options{Extension: []emoji.Entry{{Emoji: "🤔", Zh: "思考"}}})
}

// Bytes that are no text stay as they are.
func TestInvalidText(t *testing.T) {
	const text = "\xff\uf600\xf0\x9f\x98😀\xed\xa0\x80"
	if got, want := emoji.In(emoji.Chinese).ToSymbol(text), "\xff[笑嘻嘻]\xf0\x9f\x98[笑嘻嘻]\xed\xa0\x80"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

var tag = regexp.MustCompile(`^<span class='rong-emoji-content' name='\[[^<>'"\]]+\]'>[^<>'"]+</span>`)

// FuzzText: whatever the text, names lead back to the Emoji they were made of,
// what is no Emoji stays, and HTML has no other tags than those of Emoji.
func FuzzText(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Text)
	}
	set := emoji.In(emoji.Chinese)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "\ufe0f", "") // "show as an Emoji" goes, since a name is none
		named := set.ToSymbol(text)
		if got, want := set.FromSymbol(named), set.FromSymbol(text); got != want {
			t.Errorf("%q: by names %q, which is %q and not %q", text, named, got, want)
		}
		if again := set.ToSymbol(named); again != named {
			t.Errorf("%q: named %q, again %q", text, named, again)
		}
		if got, want := letters(set.FromSymbol(text)), letters(text); !strings.Contains(text, "[") && got != want {
			t.Errorf("%q: letters %q became %q", text, want, got)
		}
		for _, html := range []string{set.HTML(text), set.SymbolHTML(text)} {
			for at := range html {
				if html[at] == '<' && !tag.MatchString(html[at:]) && !strings.HasPrefix(html[at:], "</span>") {
					t.Fatalf("%q: HTML %q", text, html)
				}
			}
			if utf8.ValidString(text) != utf8.ValidString(html) {
				t.Errorf("%q: HTML %q", text, html)
			}
		}
	})
}

// letters is what people write words with, which no function may change.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}
