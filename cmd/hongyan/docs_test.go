package main

import (
	"io"
	"os"
	"regexp"
	"slices"
	"testing"
)

// docs/configuration.md has a row for each flag of serve with its name in the
// environment, and for no other.
func TestEverySettingIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented, there []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`--[^|]*)\\|([^|]*)\\|").FindAllSubmatch(text, -1) {
		for _, cell := range row[1:] {
			for _, name := range regexp.MustCompile("`(?:--)?([^`]+)`").FindAllSubmatch(cell, -1) {
				documented = append(documented, string(name[1]))
			}
		}
	}
	model := newParser(new(commands), console{io.Discard, io.Discard}, func(int) {}).Model
	for _, command := range model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			if !flag.Hidden {
				there = append(append(there, flag.Name), flag.Envs...)
			}
		}
	}
	slices.Sort(documented)
	slices.Sort(there)
	if !slices.Equal(documented, there) {
		t.Errorf("documented: %v\nflags are: %v", documented, there)
	}
}
