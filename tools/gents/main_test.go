package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The TypeScript that is checked in is what the .proto says, as far as the
// sources speak of it.
func TestGeneratedSchemasAreCurrent(t *testing.T) {
	web := filepath.Join("..", "..", "web", "imlib")
	files, err := generate(t.Context(), filepath.Join("..", "..", "wire", "pb"), web)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(web, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("web/imlib/%s is out of date: run go generate ./wire/pb", name)
		}
	}
}
