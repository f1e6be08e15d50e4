// Command gents writes the payloads of the protocol as TypeScript: a type and a
// schema for each message of wire/pb/hongyan.proto, so that the Web SDK has no
// field number written by hand. web/imlib/src/wire/schema.ts says what a schema is.
//
// Run it in the directory of tools/go.mod: gents ../wire/pb ../web/imlib
//
// The SDK gets what its own sources speak of (src/generated/wire.ts), because
// every field is a few bytes of every page that loads it. Its tests get all of
// it (test/wire.ts).
package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: gents DIR WEB")
	}
	files, err := generate(context.Background(), os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(os.Args[2], name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// The files of the SDK.
const (
	spoken     = "src/generated/wire.ts"
	everything = "test/wire.ts"
)

const header = `// Generated from wire/pb/hongyan.proto by go generate ./wire/pb. Do not edit.

import type { Schema } from '%s'
`

// generate is the TypeScript of the .proto file in dir, by the name of its file
// below web, the directory of the SDK.
func generate(ctx context.Context, dir, web string) (map[string][]byte, error) {
	compiler := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{ImportPaths: []string{dir}},
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(ctx, "hongyan.proto")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "hongyan.proto"), err)
	}
	said, err := words(filepath.Join(web, "src"))
	if err != nil {
		return nil, err
	}
	texts := make(map[string][]byte)
	for name, options := range map[string]struct {
		schema string
		said   func(string) bool
	}{
		spoken:     {"../wire/schema.ts", func(word string) bool { return said[word] }},
		everything: {"../src/wire/schema.ts", func(string) bool { return true }},
	} {
		w := writer{file: files[0], said: options.said, held: map[protoreflect.FullName]int{}}
		fmt.Fprintf(&w.text, header, options.schema)
		messages := files[0].Messages()
		for i := range messages.Len() {
			if m := messages.Get(i); w.said(string(m.Name())) {
				w.reach(m)
			}
		}
		for _, m := range w.list {
			if err := w.message(m); err != nil {
				return nil, err
			}
		}
		texts[name] = w.text.Bytes()
	}
	return texts, nil
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	word    = regexp.MustCompile(`\w+`)
)

// words is every word of the TypeScript below dir, beside comments and what
// this command writes. A word that is not there can be no name of a field that
// is read or written: the compiler would have none of it.
func words(dir string) (map[string]bool, error) {
	all := make(map[string]bool)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Join("src", path) == spoken {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		for _, w := range word.FindAllString(comment.ReplaceAllString(string(text), ""), -1) {
			all[w] = true
		}
		return err
	})
	return all, err
}

type writer struct {
	file protoreflect.FileDescriptor
	said func(word string) bool
	text bytes.Buffer
	list []protoreflect.MessageDescriptor // what is written, in order
	held map[protoreflect.FullName]int    // by how many fields that are written
}

// reach puts m on the list behind the messages it holds, as a schema names others.
func (w *writer) reach(m protoreflect.MessageDescriptor) {
	if slices.Contains(w.list, m) {
		return
	}
	for _, f := range w.fields(m) {
		if sub := f.Message(); sub != nil {
			w.held[sub.FullName()]++
			w.reach(sub)
		}
	}
	w.list = append(w.list, m)
}

func (w *writer) message(m protoreflect.MessageDescriptor) error {
	fields := w.fields(m)
	fmt.Fprintln(&w.text)
	for line := range strings.Lines(strings.TrimRight(w.file.SourceLocations().ByDescriptor(m).LeadingComments, "\n")) {
		fmt.Fprintf(&w.text, "//%s\n", strings.TrimRight(line, "\n"))
	}
	fmt.Fprintf(&w.text, "export interface %s {\n", m.Name())
	for _, f := range fields {
		typ, err := typeOf(f)
		if err != nil {
			return err
		}
		switch {
		case f.IsList():
			fmt.Fprintf(&w.text, "  %s: %s[]", f.JSONName(), typ)
		case f.Cardinality() == protoreflect.Required:
			fmt.Fprintf(&w.text, "  %s: %s", f.JSONName(), typ)
		default:
			fmt.Fprintf(&w.text, "  %s?: %s | undefined", f.JSONName(), typ)
		}
		if note := strings.TrimSpace(w.file.SourceLocations().ByDescriptor(f).TrailingComments); note != "" {
			fmt.Fprintf(&w.text, " // %s", strings.ReplaceAll(note, "\n", " "))
		}
		fmt.Fprintln(&w.text)
	}
	w.text.WriteString("}\n")
	if !w.within(m) {
		fmt.Fprintf(&w.text, "export const %s: Schema<%s> = %s\n", m.Name(), m.Name(), w.schema(m))
	}
	return nil
}

// within reports whether the schema of m stands inside the one message that
// holds it, rather than by itself.
func (w *writer) within(m protoreflect.MessageDescriptor) bool {
	return !w.said(string(m.Name())) && w.held[m.FullName()] == 1
}

// fields is what m has that is spoken of, in the order of the numbers, and what
// no encoding of it may lack.
func (w *writer) fields(m protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var list []protoreflect.FieldDescriptor
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		if w.said(f.JSONName()) || f.Cardinality() == protoreflect.Required {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b protoreflect.FieldDescriptor) int { return int(a.Number() - b.Number()) })
	return list
}

// schema is what wire/schema.ts reads: the fields as one text, each with its
// marks and, unless it follows the one before, with its number; then the
// schemas of the messages they hold.
func (w *writer) schema(m protoreflect.MessageDescriptor) string {
	var said, held []string
	last := protoreflect.FieldNumber(0)
	for _, f := range w.fields(m) {
		number := ""
		if f.Number() != last+1 {
			number = fmt.Sprint(f.Number())
		}
		last = f.Number()
		said = append(said, number+f.JSONName()+marks(f))
		switch sub := f.Message(); {
		case sub == nil:
		case w.within(sub):
			held = append(held, ", "+w.schema(sub))
		default:
			held = append(held, ", "+string(sub.Name()))
		}
	}
	return fmt.Sprintf("['%s'%s]", strings.Join(said, " "), strings.Join(held, ""))
}

// What a field holds.
const (
	kindInt = iota
	kindBool
	kindText
	kindBytes
	kindMessage
)

// content is JSON text wherever it is bytes: Go decodes it with one allocation
// less as bytes, a browser wants text.
const content = "content"

func kindOf(f protoreflect.FieldDescriptor) int {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return kindBool
	case protoreflect.StringKind:
		return kindText
	case protoreflect.BytesKind:
		if f.Name() == content {
			return kindText
		}
		return kindBytes
	case protoreflect.MessageKind:
		return kindMessage
	}
	return kindInt
}

func typeOf(f protoreflect.FieldDescriptor) (string, error) {
	switch f.Kind() {
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.EnumKind:
		return "number", nil
	case protoreflect.BoolKind, protoreflect.StringKind, protoreflect.BytesKind:
		return [...]string{kindBool: "boolean", kindText: "string", kindBytes: "Uint8Array"}[kindOf(f)], nil
	case protoreflect.MessageKind:
		return string(f.Message().Name()), nil
	}
	return "", fmt.Errorf("%s is a %s, for which there is no TypeScript here", f.FullName(), f.Kind())
}

// marks say what f holds, and how many of it.
func marks(f protoreflect.FieldDescriptor) string {
	said := [...]string{kindInt: "", kindBool: "?", kindText: "$", kindBytes: "%", kindMessage: "@"}[kindOf(f)]
	if f.IsList() {
		said += "*"
	}
	if f.Cardinality() == protoreflect.Required {
		said += "!"
	}
	return said
}
