// Command genwords writes what the tables in chat/words say as Go and as
// TypeScript: result codes, enumerations, message types, limits. Server and SDKs then cannot
// disagree about them.
//
// Run it in the directory of tools/go.mod: genwords ..
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
	"unicode"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: genwords ROOT")
	}
	files, err := generate(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the generated files of the repository at root by name.
func generate(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, table := range []struct {
		name   string
		goText func([]row) string
		tsText func([]row) string
	}{
		{"codes", goCodes, tsCodes},
		{"enums", nil, tsEnums},
		{"types", goTypes, tsTypes},
		{"limits", goLimits, tsLimits},
	} {
		rows, err := read(filepath.Join(root, "chat", "words", table.name+".tsv"))
		if err != nil {
			return nil, err
		}
		head := fmt.Sprintf("// Code generated from chat/words/%s.tsv by go generate ./chat. DO NOT EDIT.\n\n", table.name)
		if table.goText != nil {
			source, err := format.Source([]byte(head + "package chat\n\n" + table.goText(rows)))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", table.name, err)
			}
			files["chat/"+table.name+"_gen.go"] = source
		}
		files["web/imlib/src/generated/"+table.name+".ts"] = []byte(head + table.tsText(rows))
		if table.name == "codes" {
			files["web/imlib/src/generated/texts.ts"] = []byte(head + tsTexts(rows))
		}
	}
	return files, nil
}

// row is a line of a table by the names of its columns.
type row map[string]string

func read(path string) ([]row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	columns := strings.Split(lines[0], "\t")
	var rows []row
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(columns) {
			return nil, fmt.Errorf("%s:%d has %d cells, not %d", path, i+2, len(cells), len(columns))
		}
		r := row{}
		for j, c := range columns {
			r[c] = cells[j]
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func goCodes(rows []row) string {
	var consts, words, texts bytes.Buffer
	for _, r := range rows {
		if r["go"] == "" {
			continue
		}
		fmt.Fprintf(&consts, "\t%s Code = %s // %s\n", r["go"], r["value"], r["english"])
		fmt.Fprintf(&texts, "\t%s: {%q, %q, %q},\n", r["go"], r["name"], r["english"], r["chinese"])
		if r["word"] != "" {
			fmt.Fprintf(&words, "\t%s: %q,\n", r["go"], r["word"])
		}
	}
	return "// The codes that a server of ours gives, and those that a client meets beside\n" +
		"// them. The numbers are the protocol's and never change.\nconst (\n" + consts.String() +
		")\n\n// codeWords are the codes of the server.\nvar codeWords = map[Code]string{\n" + words.String() +
		"}\n\nvar codeTexts = map[Code]codeText{\n" + texts.String() + "}\n"
}

// tsCodes has each code three times: by itself, so that what uses it has its
// number in a bundle and not its name; in a type; and in a list of names, in two
// parts, as a small bundle has only the names of codes that have texts here.
// Those of arguments have none: whoever refuses an argument says which and why.
func tsCodes(rows []row) string {
	var numbers, types [2]bytes.Buffer
	var names [2][]string
	var list numbering
	for part := range names {
		for _, r := range rows {
			if spoken(r) != (part == 0) {
				continue
			}
			fmt.Fprintf(&numbers[part], "export const %s = %s\n", r["name"], r["value"])
			fmt.Fprintf(&types[part], "  readonly %s: %s\n", r["name"], r["value"])
			names[part] = append(names[part], list.words(r["name"], r["value"]))
		}
	}
	return numbers[0].String() + numbers[1].String() +
		"\n/** GivenCodes are the results that this client or its server gives. The numbers are the protocol's and never change. */\n" +
		"export interface GivenCodes {\n" + types[0].String() + "}\n\n" +
		"/** Codes are those and the results of wrong arguments, and of what there is elsewhere. */\n" +
		"export interface Codes extends GivenCodes {\n" + types[1].String() + "}\n\n" +
		"/** The names of GivenCodes, and of the others behind them, as enumeration.ts reads them. */\n" +
		"export const givenNames =\n  " + quote(strings.Join(names[0], ",")) + "\n" +
		"export const otherNames =\n  " + quote(strings.Join(names[1], ",")) + "\n"
}

// numbering writes names with their numbers as web/imlib/src/enumeration.ts
// reads them.
type numbering struct{ last int }

func (n *numbering) words(name, value string) string {
	number, err := strconv.Atoi(value)
	if err != nil || strings.ContainsAny(name[len(name)-1:], "0123456789") {
		panic(name + " and " + value + " are no name and number") // the table is part of the program
	}
	if name == strings.ToUpper(name) {
		name = strings.ReplaceAll(strings.ToLower(name), "_", " ")
		name = strings.Replace(name, "invalid parameter ", "~", 1) // a quarter of all codes
	}
	step := number - n.last
	n.last = number
	if step == 1 {
		return name
	}
	return name + strconv.Itoa(step)
}

func tsEnums(rows []row) string {
	b := bytes.NewBufferString("import { type Enumeration, enumeration, type Value } from '../enumeration.ts'\n")
	for _, r := range rows {
		var types, words []string
		var list numbering
		for _, member := range strings.Fields(r["members"]) {
			name, value, _ := strings.Cut(member, "=")
			types, words = append(types, "  readonly "+name+": "+value+"\n"), append(words, list.words(name, value))
		}
		fmt.Fprintf(b, "\ntype %[1]sValues = {\n%[2]s}\n/** %[1]s %[3]s */\n"+
			"export const %[1]s: Enumeration<%[1]sValues> =\n  /* @__PURE__ */ enumeration<%[1]sValues>(%[4]s)\n"+
			"export type %[1]s = Value<%[1]sValues>\n", r["name"], strings.Join(types, ""), r["english"], quote(strings.Join(words, ",")))
	}
	return b.String()
}

// spoken reports whether a code has texts in bundles.
func spoken(r row) bool {
	return r["english"] != "" && !strings.HasPrefix(r["name"], "INVALID_")
}

// tsTexts are the texts of the codes that a client of ours or its server gives.
// They are by themselves, to be loaded when there is time.
func tsTexts(rows []row) string {
	var english, chinese []string
	for _, r := range rows {
		if spoken(r) {
			english, chinese = append(english, r["english"]), append(chinese, r["chinese"])
		}
	}
	text := func(lines []string) string { return quote(strings.Join(lines, `\n`)) }
	return "/** codeTexts says what each of givenNames means, a line each, in English and in Chinese. */\n" +
		"export const codeTexts: readonly [english: string, chinese: string] = [\n  " + text(english) + ",\n  " + text(chinese) + ",\n]\n"
}

func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `\'`) + "'"
}

// kinds of message types, as the flags that their messages have.
var kinds = map[string]string{
	"said":    "Flags: Persisted | Counted",
	"noted":   "Flags: Persisted",
	"passing": "",
	"status":  "Status: true",
	"service": "Service: true",
}

func goTypes(rows []row) string {
	var b bytes.Buffer
	b.WriteString("// MessageTypes lists the types of the protocol. The flags are those of the\n" +
		"// official SDKs, which know them by the name and not by what a message says.\nvar MessageTypes = []MessageType{\n")
	for _, r := range rows {
		if r["kind"] == "" {
			continue // it is never sent
		}
		fields := fmt.Sprintf("Name: %q", r["name"])
		if marks := kinds[r["kind"]]; marks != "" {
			fields += ", " + marks
		}
		fmt.Fprintf(&b, "\t{%s}, // %s\n", fields, r["english"])
	}
	b.WriteString("}\n")
	return b.String()
}

// tsKinds are the kinds as numbers: 1 persisted, 2 counted, 4 status.
var tsKinds = map[string]int{"said": 3, "noted": 1, "status": 4}

func tsTypes(rows []row) string {
	var names, flags bytes.Buffer
	for _, r := range rows {
		for _, key := range strings.Fields(r["keys"]) {
			fmt.Fprintf(&names, "  /** %s */\n  %s: %s,\n", r["english"], key, quote(r["name"]))
		}
		if n, ok := tsKinds[r["kind"]]; ok {
			fmt.Fprintf(&flags, "  %s: %d,\n", quote(r["name"]), n)
		}
	}
	return "/** MessageType names the kinds of messages that the protocol knows. */\n" +
		"export const MessageType = {\n" + names.String() + "} as const\n" +
		"export type MessageType = (typeof MessageType)[keyof typeof MessageType]\n\n" +
		"/** typeFlags says of types whether their messages are stored (1), counted as unread (2), only for who is online (4). Others have none. */\n" +
		"export const typeFlags: { readonly [type: string]: number } = {\n" + flags.String() + "}\n"
}

func goLimits(rows []row) string {
	var b bytes.Buffer
	b.WriteString("// What there is at most, in servers and clients.\nconst (\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "\t%s = %s // %s\n", r["name"], r["value"], r["english"])
	}
	b.WriteString(")\n")
	return b.String()
}

func tsLimits(rows []row) string {
	var b bytes.Buffer
	for _, r := range rows {
		value, err := strconv.Atoi(r["value"])
		if err != nil {
			return err.Error() // which the compiler refuses
		}
		fmt.Fprintf(&b, "/** %s */\nexport const %s = %d\n", r["english"], upper(r["name"]), value)
	}
	return b.String()
}

// upper spells a name of Go as TypeScript spells constants: MaxTagID is MAX_TAG_ID.
func upper(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}
