package node_test

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var updateLinked = flag.Bool("linked.update", false, "write testdata/linked.txt anew")

// The modules that the binary is made of are checked in, so that a new one,
// also one that a dependency brings along, shows in a review.
func TestLinkedModules(t *testing.T) {
	const file = "testdata/linked.txt"
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "../../cmd/hongyan")
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1") // each links others
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	slices.Sort(linked)
	linked = slices.Compact(linked)
	if *updateLinked {
		if err := os.WriteFile(file, []byte(strings.Join(linked, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(text))
	for _, module := range linked {
		if !slices.Contains(known, module) {
			t.Errorf("the binary links %s, which %s lacks; if that is wanted, run this test with -linked.update", module, file)
		}
	}
	for _, module := range known {
		if !slices.Contains(linked, module) {
			t.Errorf("%s names %s, which the binary does not link", file, module)
		}
	}
}
