package e2e

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var updatePage = flag.Bool("page.update", false, `write the tests that say "Shows S…", here and in imlib, into page.tsv`)

// promises are the numbers of what the page promises, as ranges. Those in
// between were never given.
const promises = "1-13 20-35 40-56 60-67 70-92 100-125 130-132 140-160 165-167 170-175 180-183"

func promiseNumbers(t *testing.T) (numbers []string) {
	t.Helper()
	for _, span := range strings.Fields(promises) {
		var from, to int
		if _, err := fmt.Sscanf(span, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
		for n := from; n <= to; n++ {
			numbers = append(numbers, fmt.Sprintf("S%03d", n))
		}
	}
	return numbers
}

// row is a promise: the tests that show it, and what is not shown here and why;
// and the same of the Go SDK.
type row struct{ number, promise, tests, elsewhere, inGo, notInGo string }

const pageHeader = "number\tpromise\tshown by\tnot here, because\tshown in Go by\tnot in Go, because"

func readPage(t *testing.T) (rows []row) {
	t.Helper()
	text, err := os.ReadFile("page.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != pageHeader {
		t.Fatalf("page.tsv begins with %q", lines[0])
	}
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != strings.Count(pageHeader, "\t")+1 {
			t.Fatalf("page.tsv:%d has %d cells", i+2, len(cells))
		}
		rows = append(rows, row{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]})
	}
	return rows
}

// TestPageTable: page.tsv has a row for each number of the page, in order, and
// each row a test that exists or a reason, and the same of the Go SDK. The tests
// of this package and of the SDK say themselves what they show, in a comment,
// and the rows agree with them.
func TestPageTable(t *testing.T) {
	rows := readPage(t)
	said, inGo := saidIn(t, ".", ""), saidInGo(t)
	if *updatePage {
		writePage(t, rows, said, inGo)
		return
	}
	var numbers []string
	for _, r := range rows {
		numbers = append(numbers, r.number)
		if r.promise == "" || r.tests == "" && r.elsewhere == "" {
			t.Errorf("%s %q has neither a test nor a reason", r.number, r.promise)
		}
		var here []string
		for _, name := range strings.Fields(r.tests) {
			if !strings.Contains(name, ".") {
				here = append(here, name)
			} else if dir, test, _ := strings.Cut(name, "."); tests(t, "../"+dir)[test] == nil {
				t.Errorf("%s: there is no test %s", r.number, name)
			}
		}
		if want := said[r.number]; !slices.Equal(here, want) {
			t.Errorf("%s: the row names %v, but %v say so (go test ./e2e -run TestPageTable -page.update)", r.number, here, want)
		}
		if want := inGo[r.number]; !slices.Equal(strings.Fields(r.inGo), want) {
			t.Errorf("%s: the row names %v, but in Go %v say so (go test ./e2e -run TestPageTable -page.update)", r.number, r.inGo, want)
		}
		if r.inGo == "" && r.notInGo == "" {
			t.Errorf("%s %q has neither a test nor a reason in Go", r.number, r.promise)
		}
		delete(said, r.number)
		delete(inGo, r.number)
	}
	if want := promiseNumbers(t); !slices.Equal(numbers, want) {
		t.Errorf("the rows are %v\nthe numbers of the page are %v", numbers, want)
	}
	for _, said := range []map[string][]string{said, inGo} {
		for number, names := range said {
			t.Errorf("%v show %s, which is no promise of the page", names, number)
		}
	}
}

// saidInGo is what the tests of the Go SDK say they show, by number; those of
// its Emoji are named by their package, too.
func saidInGo(t *testing.T) map[string][]string {
	t.Helper()
	said := saidIn(t, "../imlib", "")
	for number, names := range saidIn(t, "../imlib/emoji", "emoji.") {
		said[number] = append(said[number], names...)
	}
	return said
}

// saidIn is what the tests in a directory say they show, by number, with a
// prefix before their names.
func saidIn(t *testing.T, dir, prefix string) map[string][]string {
	t.Helper()
	said := map[string][]string{}
	for name, decl := range tests(t, dir) {
		for _, line := range strings.Split(decl.Doc.Text(), "\n") {
			if rest, ok := strings.CutPrefix(line, "Shows "); ok {
				for _, number := range regexp.MustCompile(`S\d{3}`).FindAllString(rest, -1) {
					said[number] = append(said[number], prefix+name)
				}
			}
		}
	}
	for _, names := range said {
		slices.Sort(names)
	}
	return said
}

// tests are the test functions in a directory of Go, by name.
func tests(t *testing.T, dir string) map[string]*ast.FuncDecl {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*ast.FuncDecl{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
				found[fn.Name.Name] = fn
			}
		}
	}
	return found
}

// writePage writes the tests into their rows.
func writePage(t *testing.T, rows []row, said, inGo map[string][]string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, pageHeader)
	slices.SortFunc(rows, func(x, y row) int { return cmp.Compare(x.number, y.number) })
	for _, r := range rows {
		names := said[r.number]
		for _, name := range strings.Fields(r.tests) {
			if strings.Contains(name, ".") {
				names = append(names, name)
			}
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", r.number, r.promise, strings.Join(names, " "), r.elsewhere,
			strings.Join(inGo[r.number], " "), r.notInGo)
	}
	if err := os.WriteFile("page.tsv", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
