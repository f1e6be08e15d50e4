package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The TypeScript that is checked in is what the .proto says.
func TestGeneratedSchemasAreCurrent(t *testing.T) {
	want, err := generate(t.Context(), filepath.Join("..", "..", "wire", "pb"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "web", "imlib", "src", "generated", "wire.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("web/imlib/src/generated/wire.ts is out of date: run go generate ./wire/pb")
	}
}
