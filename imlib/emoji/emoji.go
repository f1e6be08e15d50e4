package emoji

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lang is the language of names. What is neither of the two is [Chinese].
type Lang string

const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// An Entry is an Emoji with its names, and where it is in a picture.
type Entry struct {
	Emoji  string  // the character, or the characters that are shown as one
	Zh, En string  // names, without brackets and not empty
	X, Y   float64 // position of the picture in pixels, where an Emoji is 25 high
	URL    string  // picture; empty: Options.URL
}

// An Emoji is what a picker shows.
type Emoji struct {
	Unicode string // "u1F600"
	Emoji   string // "😀"
	Symbol  string // "[笑嘻嘻]"
}

// Options say how a [Set] names and shows Emoji. The zero value has Chinese
// names and shows the characters themselves.
type Options struct {
	Lang Lang

	// Extension adds Emoji, or replaces those that are there.
	Extension []Entry

	// Size is the height of an Emoji in HTML, in pixels. Without it, and
	// without a picture, it is as high as the text. 18 to 58 look well.
	Size int

	// URL is a picture with all Emoji, for readers whose system has none: the
	// one of emoji.tsv's column x, whose Emoji are in one row, 25 pixels each.
	URL string

	// Images is the address of a picture for each Emoji, in which {code}
	// stands for its code points in small letters, "1f600", and {CODE} for
	// them in capitals. It comes before URL.
	Images string

	// LegacyCJK also takes U+F90C to U+F9FF for Emoji that old clients sent
	// without the leading 1. They are Chinese and Korean characters as well, which
	// would be lost.
	LegacyCJK bool
}

// A Set is the Emoji that are known, with their names in one language. Many
// goroutines may use it at once.
type Set struct {
	options Options
	list    []Entry
	byEmoji map[string]Entry
	byName  map[string]Entry
	byFirst map[rune][]string // Emoji by their first character, the longest first
}

var builtIn = map[Lang]*Set{Chinese: New(Options{Lang: Chinese}), English: New(Options{Lang: English})}

// In is the built-in Emoji with their names in a language.
func In(lang Lang) *Set {
	if s, ok := builtIn[lang]; ok {
		return s
	}
	return builtIn[Chinese]
}

// New makes a set of the built-in Emoji and those of the options. It panics
// when an entry of the extension has no Emoji or no name.
func New(o Options) *Set {
	s := &Set{options: o, list: slices.Clone(table), byEmoji: map[string]Entry{}, byName: map[string]Entry{}, byFirst: map[rune][]string{}}
	for _, e := range o.Extension {
		if e.Emoji == "" || e.Zh == "" || e.En == "" {
			panic(fmt.Sprintf("emoji: the extension %+v lacks its Emoji or a name", e))
		}
		if at := slices.IndexFunc(s.list, func(old Entry) bool { return old.Emoji == e.Emoji }); at >= 0 {
			s.list[at] = e
		} else {
			s.list = append(s.list, e)
		}
	}
	for _, e := range s.list {
		s.byEmoji[e.Emoji] = e
		s.byName[s.symbol(e)] = e
	}
	for text := range maps.Keys(s.byEmoji) {
		first, _ := utf8.DecodeRuneInString(text)
		s.byFirst[first] = append(s.byFirst[first], text)
	}
	for _, texts := range s.byFirst {
		slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	}
	return s
}

// List is all Emoji in the order in which they are offered.
func (s *Set) List() []Emoji {
	var all []Emoji
	for _, e := range s.list {
		all = append(all, Emoji{"u" + strings.ToUpper(code(e.Emoji)), e.Emoji, s.symbol(e)})
	}
	return all
}

// ToSymbol writes the name of each Emoji in its place. Emoji without a name,
// and those that are part of a longer one (a skin tone, a family), stay.
func (s *Set) ToSymbol(text string) string {
	return s.replaceEmoji(text, s.symbol, func(plain string) string { return plain })
}

// FromSymbol writes the Emoji in the place of each name in brackets. Names that
// are not known stay.
func (s *Set) FromSymbol(text string) string {
	return brackets.ReplaceAllStringFunc(s.native(text), func(symbol string) string {
		if e, ok := s.byName[symbol]; ok {
			return e.Emoji
		}
		return symbol
	})
}

var brackets = regexp.MustCompile(`\[[^\[\]]+\]`)

func (s *Set) symbol(e Entry) string {
	if s.options.Lang == English {
		return "[" + e.En + "]"
	}
	return "[" + e.Zh + "]"
}

// native replaces what old clients sent for an Emoji by the Emoji. Bytes that
// are no UTF-8 stay.
func (s *Set) native(text string) string {
	if strings.IndexFunc(text, s.isLegacy) < 0 {
		return text
	}
	var b strings.Builder
	for at, size := 0, 0; at < len(text); at += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(text[at:]); s.isLegacy(r) {
			b.WriteRune(r + 0x10000)
		} else {
			b.WriteString(text[at : at+size])
		}
	}
	return b.String()
}

func (s *Set) isLegacy(r rune) bool {
	return r >= 0xF000 && r <= 0xF9FF && (r < 0xF900 || s.options.LegacyCJK) && unicode.Is(legacy, r+0x10000)
}

// replaceEmoji makes text of what write says of its Emoji and what plain says
// of everything between them.
func (s *Set) replaceEmoji(text string, write func(Entry) string, plain func(string) string) string {
	text = s.native(text)
	var b strings.Builder
	from := 0 // of what is plain
	for at := 0; at < len(text); {
		first, size := utf8.DecodeRuneInString(text[at:])
		emoji := s.startOf(text[at:], first)
		if emoji == "" {
			at += size
			continue
		}
		end := at + len(emoji)
		end += len(text[end:]) - len(strings.TrimPrefix(text[end:], showAsEmoji))
		if standsAlone(text[:at], text[end:]) {
			b.WriteString(plain(text[from:at]))
			b.WriteString(write(s.byEmoji[emoji]))
			from = end
		}
		at = end
	}
	b.WriteString(plain(text[from:]))
	return b.String()
}

// startOf is the longest Emoji that text, whose first character is given,
// begins with.
func (s *Set) startOf(text string, first rune) string {
	for _, emoji := range s.byFirst[first] {
		if strings.HasPrefix(text, emoji) {
			return emoji
		}
	}
	return ""
}

const (
	joiner      = "\u200d" // makes one Emoji of two
	showAsText  = "\ufe0e" // after a character: not as an Emoji
	showAsEmoji = "\ufe0f"
	keycap      = "\u20e3"
)

// standsAlone reports whether the Emoji between before and after is no part of
// a longer one.
func standsAlone(before, after string) bool {
	if strings.HasSuffix(before, joiner) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(after)
	skinTone := next >= 0x1F3FB && next <= 0x1F3FF
	return !skinTone && !strings.HasPrefix(after, joiner) && !strings.HasPrefix(after, showAsText) && !strings.HasPrefix(after, keycap)
}

// code is the code points of an Emoji, "1f600", with dashes between them.
func code(emoji string) string {
	var points []string
	for _, r := range emoji {
		points = append(points, fmt.Sprintf("%x", r))
	}
	return strings.Join(points, "-")
}
