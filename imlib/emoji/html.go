package emoji

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// HTML is text as HTML in which each Emoji is an element:
//
//	<span class='rong-emoji-content' name='[笑嘻嘻]'>😀</span>
//
// With [Options].Size or a picture the element has a style. Everything else is
// escaped, so the text may be what a user wrote, and must not be HTML already.
func (s *Set) HTML(text string) string {
	return s.replaceEmoji(text, s.span, html.EscapeString)
}

// SymbolHTML is as [Set.HTML], of the names in brackets.
func (s *Set) SymbolHTML(text string) string {
	var b strings.Builder
	from := 0
	for _, at := range brackets.FindAllStringIndex(text, -1) {
		if e, ok := s.byName[text[at[0]:at[1]]]; ok {
			b.WriteString(html.EscapeString(text[from:at[0]]))
			b.WriteString(s.span(e))
			from = at[1]
		}
	}
	b.WriteString(html.EscapeString(text[from:]))
	return b.String()
}

func (s *Set) span(e Entry) string {
	style := s.style(e)
	if style != "" {
		style = " style='" + html.EscapeString(style) + "'"
	}
	return "<span class='rong-emoji-content' name='" + html.EscapeString(s.symbol(e)) + "'" + style + ">" + html.EscapeString(e.Emoji) + "</span>"
}

// defaultSize is how high a picture is when nobody says, in pixels.
const defaultSize = 24

// cell is how high an Emoji is in a picture to which positions refer.
const cell = 25

// style is the style of an element; empty when the Emoji is as its text.
func (s *Set) style(e Entry) string {
	picture := s.picture(e)
	if s.options.Size <= 0 && picture == "" {
		return ""
	}
	size := s.options.Size
	if size <= 0 {
		size = defaultSize
	}
	style := fmt.Sprintf("display:inline-block;width:%dpx;height:%dpx;line-height:%dpx;vertical-align:middle;text-align:center;overflow:hidden;", size, size, size)
	if picture == "" {
		return style + fmt.Sprintf("font-size:%dpx", int(math.Round(float64(size)*0.8)))
	}
	style += "font-size:0;background-repeat:no-repeat;background-image:url(" + picture + ");"
	if e.URL == "" && s.options.Images != "" {
		return style + "background-size:contain"
	}
	return style + "background-size:auto " + pixels(float64(size)) + ";background-position:" +
		pixels(e.X/cell*float64(size)) + " " + pixels(e.Y/cell*float64(size))
}

// picture is the address of an Emoji's picture, such that it can end neither
// the url() nor the attribute it is in; empty when it has none.
func (s *Set) picture(e Entry) string {
	address := s.options.URL
	switch {
	case e.URL != "":
		address = e.URL
	case s.options.Images != "":
		address = strings.NewReplacer("{code}", code(e.Emoji), "{CODE}", strings.ToUpper(code(e.Emoji))).Replace(s.options.Images)
	}
	var b strings.Builder
	for _, r := range address {
		if r <= ' ' || strings.ContainsRune(`"'()\<>`, r) {
			fmt.Fprintf(&b, "%%%02X", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func pixels(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) + "px" }
