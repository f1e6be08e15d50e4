// Command gents writes the payloads of the protocol as TypeScript: a type and a
// schema for each message of wire/pb/hongyan.proto, so that the Web SDK has no
// field number written by hand. web/imlib/src/wire/schema.ts says what a schema is.
//
// Run it in the directory of tools/go.mod: gents ../wire/pb ../web/imlib/src/generated/wire.ts
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: gents DIR FILE")
	}
	text, err := generate(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[2], text, 0o644); err != nil {
		log.Fatal(err)
	}
}

const header = `// Generated from wire/pb/hongyan.proto by go generate ./wire/pb. Do not edit.

import type { Schema } from '../wire/schema.ts'
`

// generate is the TypeScript of the .proto file in dir.
func generate(ctx context.Context, dir string) ([]byte, error) {
	compiler := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{ImportPaths: []string{dir}},
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(ctx, "hongyan.proto")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "hongyan.proto"), err)
	}
	w := writer{file: files[0], done: map[protoreflect.FullName]bool{}}
	w.text.WriteString(header)
	messages := files[0].Messages()
	for i := range messages.Len() {
		if err := w.message(messages.Get(i)); err != nil {
			return nil, err
		}
	}
	return w.text.Bytes(), nil
}

type writer struct {
	file protoreflect.FileDescriptor
	text bytes.Buffer
	done map[protoreflect.FullName]bool
}

// message writes m after the messages it holds: a schema names others.
func (w *writer) message(m protoreflect.MessageDescriptor) error {
	if w.done[m.FullName()] {
		return nil
	}
	w.done[m.FullName()] = true
	fields := m.Fields()
	for i := range fields.Len() {
		if sub := fields.Get(i).Message(); sub != nil {
			if err := w.message(sub); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(&w.text)
	for line := range strings.Lines(strings.TrimRight(w.file.SourceLocations().ByDescriptor(m).LeadingComments, "\n")) {
		fmt.Fprintf(&w.text, "//%s\n", strings.TrimRight(line, "\n"))
	}
	fmt.Fprintf(&w.text, "export interface %s {\n", m.Name())
	for i := range fields.Len() {
		f := fields.Get(i)
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
	fmt.Fprintf(&w.text, "}\nexport const %s: Schema<%s> = {", m.Name(), m.Name())
	for i := range fields.Len() {
		if i > 0 {
			w.text.WriteString(",")
		}
		fmt.Fprintf(&w.text, " %s: %s", fields.Get(i).JSONName(), code(fields.Get(i)))
	}
	w.text.WriteString(" }\n")
	return nil
}

// Kinds and marks of a field, as schema.ts has them.
const (
	kindInt = iota
	kindBool
	kindText
	kindBytes
	kindMessage

	repeated = 8
	required = 16
	perField = 32
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

// code is the number of a field with its kind and marks, and the schema of the
// message it holds.
func code(f protoreflect.FieldDescriptor) string {
	n := int(f.Number())*perField + kindOf(f)
	if f.IsList() {
		n += repeated
	}
	if f.Cardinality() == protoreflect.Required {
		n += required
	}
	if sub := f.Message(); sub != nil {
		return fmt.Sprintf("[%d, %s]", n, sub.Name())
	}
	return fmt.Sprint(n)
}
