// Command generate writes the Emoji of emoji.tsv and legacy.txt as Go and as
// TypeScript. Run it by go generate in imlib/emoji.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

func main() {
	log.SetFlags(0)
	files, err := generate(".")
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// An entry is a line of emoji.tsv.
type entry struct {
	emoji, zh, en string
	x             int
}

// A span is a range of characters, its ends included.
type span struct{ from, to rune }

// generate returns the generated files by their paths from dir, which is
// imlib/emoji. It writes nothing.
func generate(dir string) (map[string][]byte, error) {
	entries, err := readEntries(filepath.Join(dir, "emoji.tsv"))
	if err != nil {
		return nil, err
	}
	legacy, err := readSpans(filepath.Join(dir, "legacy.txt"))
	if err != nil {
		return nil, err
	}
	inGo, err := goCode(entries, legacy)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		filepath.Join(dir, "table_gen.go"):                           inGo,
		filepath.Join(dir, "../../web/emoji/src/generated/table.ts"): typeScript(entries, legacy),
	}, nil
}

// readEntries refuses a table in which an Emoji or a name is twice: names must
// lead back to one Emoji.
func readEntries(path string) (entries []entry, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s:%d: %d cells, want 4", path, i+2, len(cells))
		}
		x, err := strconv.Atoi(cells[3])
		if err != nil || utf8.RuneCountInString(cells[0]) != 1 {
			return nil, fmt.Errorf("%s:%d: want one character, and a number at the end", path, i+2)
		}
		for column, cell := range cells[:3] {
			id := fmt.Sprint(column, cell)
			if cell == "" || seen[id] || strings.ContainsAny(cell, "[]") {
				return nil, fmt.Errorf("%s:%d: %q is empty, there already, or has brackets", path, i+2, cell)
			}
			seen[id] = true
		}
		entries = append(entries, entry{cells[0], cells[1], cells[2], x})
	}
	return entries, nil
}

func readSpans(path string) (spans []span, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		first, last, isRange := strings.Cut(line, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseInt(first, 16, 32)
		to, err2 := strconv.ParseInt(last, 16, 32)
		if err1 != nil || err2 != nil || from > to || from < 0x1F000 || to > 0x1F9FF {
			return nil, fmt.Errorf("%s: %q is no range from 1F000 to 1F9FF", path, line)
		}
		spans = append(spans, span{rune(from), rune(to)})
	}
	return spans, nil
}

func goCode(entries []entry, legacy []span) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprint(&b, "// Code generated from emoji.tsv and legacy.txt. DO NOT EDIT.\n\npackage emoji\n\nimport \"unicode\"\n\n"+
		"// table has the built-in Emoji in the order in which they are offered.\nvar table = []Entry{\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "{Emoji: %q, Zh: %q, En: %q, X: %d},\n", e.emoji, e.zh, e.en, e.x)
	}
	fmt.Fprint(&b, "}\n\n// legacy has the Emoji that old clients sent without the leading 1.\nvar legacy = &unicode.RangeTable{R32: []unicode.Range32{\n")
	for _, s := range legacy {
		fmt.Fprintf(&b, "{Lo: %#x, Hi: %#x, Stride: 1},\n", s.from, s.to)
	}
	fmt.Fprint(&b, "}}\n")
	return format.Source(b.Bytes())
}

func typeScript(entries []entry, legacy []span) []byte {
	var b bytes.Buffer
	fmt.Fprint(&b, "// Generated from imlib/emoji/emoji.tsv and legacy.txt by go generate. Do not edit.\n\n"+
		"/** The built-in Emoji in the order in which they are offered: the character, its names in Chinese and English, x in a picture whose Emoji are 25 pixels high. */\n"+
		"export const table: readonly (readonly [emoji: string, zh: string, en: string, x: number])[] = [\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "  ['%s', '%s', '%s', %d],\n", e.emoji, e.zh, e.en, e.x)
	}
	private, cjk := classes(legacy)
	fmt.Fprintf(&b, "]\n\n/** What old clients sent for an Emoji, of the characters for private use: the inside of a class of a regular expression. */\n"+
		"export const legacyPrivate = '%s'\n\n/** The same of those that are Chinese and Korean characters as well. */\nexport const legacyCJK = '%s'\n", private, cjk)
	return b.Bytes()
}

// classes writes the legacy forms of the Emoji as the inside of character
// classes: those of private use, and those from U+F900 on, which are CJK.
func classes(legacy []span) (private, cjk string) {
	for _, s := range legacy {
		text := fmt.Sprintf(`\u%04x`, s.from-0x10000)
		if s.to > s.from {
			text += fmt.Sprintf(`-\u%04x`, s.to-0x10000)
		}
		if s.from < 0x1F900 {
			private += text
		} else {
			cjk += text
		}
	}
	return private, cjk
}
