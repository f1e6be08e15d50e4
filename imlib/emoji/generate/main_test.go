package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is checked in must be what the tables make.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is out of date; run: go generate ./imlib/emoji", name)
		}
	}
}

// A table that says two things of one name is refused, and the line named.
func TestBadTables(t *testing.T) {
	for table, want := range map[string]string{
		"😀\tx\ty\t0\n😀\tz\tw\t0": ":3: \"😀\"",
		"😀\tx\ty\t0\n😁\tx\tw\t0": ":3: \"x\"",
		"😀\t[x]\ty\t0":           ":2: \"[x]\"",
		"😀\tx\ty":                ":2: 3 cells",
		"😀😀\tx\ty\t0":            ":2: want one character",
		"😀\tx\ty\tz":             ":2: want one character",
	} {
		path := filepath.Join(t.TempDir(), "emoji.tsv")
		if err := os.WriteFile(path, []byte("emoji\tzh\ten\tx\n"+table+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readEntries(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", table, err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "legacy.txt")
	for _, text := range []string{"F600", "1F600-1F500", "smile"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readSpans(path); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
