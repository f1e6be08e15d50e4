package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What is checked in is what the tables say.
func TestGeneratedWordsAreCurrent(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run go generate ./chat", name)
		}
	}
}

func TestConstantsAreSpeltAsTypeScriptDoes(t *testing.T) {
	for name, want := range map[string]string{"MaxTagID": "MAX_TAG_ID", "MaxContent": "MAX_CONTENT", "MaxPairsChanged": "MAX_PAIRS_CHANGED"} {
		if got := upper(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
