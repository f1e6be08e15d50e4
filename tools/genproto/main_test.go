package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The generated code that is checked in is what its .proto says.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	dir := filepath.Join("..", "..", "wire", "pb")
	files, err := generate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run go generate ./wire/pb", name)
		}
	}
	generated, err := filepath.Glob(filepath.Join(dir, "*.pb.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range generated {
		if files[filepath.Base(path)] == nil {
			t.Errorf("%s comes from no .proto: delete it", path)
		}
	}
}
