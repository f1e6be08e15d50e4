package terminal

import (
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
)

// input is a line to write in.
type input struct {
	text []rune
	at   int // where the cursor is, in text
}

func (i *input) String() string { return string(i.text) }

func (i *input) set(s string) { i.text, i.at = []rune(s), len([]rune(s)) }

// insert puts s where the cursor is. A line has no line breaks.
func (i *input) insert(s string) {
	new := []rune(plain(strings.ReplaceAll(s, "\n", " ")))
	i.text = append(i.text[:i.at:i.at], append(new, i.text[i.at:]...)...)
	i.at += len(new)
}

// width is how many columns r takes: none for what belongs to the rune before it.
func width(r rune) int { return lipgloss.Width(string(r)) }

// left and right are the next places for the cursor.
func (i *input) left() int {
	at := max(i.at-1, 0)
	for at > 0 && width(i.text[at]) == 0 {
		at--
	}
	return at
}

func (i *input) right() int {
	at := min(i.at+1, len(i.text))
	for at < len(i.text) && width(i.text[at]) == 0 {
		at++
	}
	return at
}

// wordLeft is where the word before the cursor begins.
func (i *input) wordLeft() int {
	at := i.at
	for at > 0 && unicode.IsSpace(i.text[at-1]) {
		at--
	}
	for at > 0 && !unicode.IsSpace(i.text[at-1]) {
		at--
	}
	return at
}

// cut takes out what is between two places.
func (i *input) cut(from, to int) {
	i.text = append(i.text[:from:from], i.text[to:]...)
	i.at = from
}

// key does what a key does in a line, and reports whether it does anything.
func (i *input) key(name string) bool {
	switch name {
	case "left", "ctrl+b":
		i.at = i.left()
	case "right", "ctrl+f":
		i.at = i.right()
	case "home", "ctrl+a":
		i.at = 0
	case "end", "ctrl+e":
		i.at = len(i.text)
	case "backspace", "ctrl+h":
		i.cut(i.left(), i.at)
	case "delete", "ctrl+d":
		i.cut(i.at, i.right())
	case "ctrl+w", "alt+backspace":
		i.cut(i.wordLeft(), i.at)
	case "ctrl+u":
		i.cut(0, i.at)
	case "ctrl+k":
		i.cut(i.at, len(i.text))
	default:
		return false
	}
	return true
}

// view is the part of the line around the cursor that fits into columns, and
// the column of the cursor in it.
func (i *input) view(columns int) (text string, cursor int) {
	from, before := i.at, 0
	for from > 0 && before+width(i.text[from-1]) < columns {
		from--
		before += width(i.text[from])
	}
	to, all := i.at, before
	for to < len(i.text) && all+width(i.text[to]) <= columns {
		all += width(i.text[to])
		to++
	}
	return string(i.text[from:to]), before
}

// word is the word that ends at the cursor.
func (i *input) word() string {
	at := i.at
	for at > 0 && !unicode.IsSpace(i.text[at-1]) {
		at--
	}
	return string(i.text[at:i.at])
}

// plain takes out what would move the cursor of a terminal, change its colours
// or turn the direction of writing: a message must not be able to do that.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '\uFFFD'
		}
		return r
	}, s)
}
