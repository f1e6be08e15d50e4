package api

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
)

// docs/server-api.md has a row for each call, and for no other.
func TestEveryCallIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/server-api.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(/[a-zA-Z/_]+)\\.json`").FindAllSubmatch(text, -1) {
		rows = append(rows, string(row[1]))
	}
	slices.Sort(rows)
	if want := slices.Sorted(maps.Keys(endpoints)); !slices.Equal(rows, want) {
		t.Errorf("documented: %v\n calls are: %v", rows, want)
	}
}
