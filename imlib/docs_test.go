package imlib_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/imlib-go.md says exists, and it leaves no function of a client and
// no event out.
func TestDocsNameEveryFunctionAndEvent(t *testing.T) {
	text, err := os.ReadFile("../docs/imlib-go.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) == 4 {
			line = cells[2] // the Go column of a table
		}
		if len(cells) == 4 || strings.HasPrefix(line, "Ours") {
			for _, name := range regexp.MustCompile("`([A-Z][A-Za-z]+)`").FindAllStringSubmatch(line, -1) {
				named[name[1]] = true
			}
		}
	}
	there := functionsAndEvents(t)
	for name := range there {
		if !named[name] && name != "Err" {
			t.Errorf("the page does not name %s", name)
		}
	}
	for name := range named {
		if !there[name] && name != "Connect" && name != "RegisterMessageType" && name != "Unread" {
			t.Errorf("there is no %s", name)
		}
	}
}

// functionsAndEvents are the names of a client's exported methods and of the
// types that are events.
func functionsAndEvents(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is || f.Recv == nil {
				continue
			}
			switch of := f.Recv.List[0].Type.(type) {
			case *ast.StarExpr:
				if name, is := of.X.(*ast.Ident); is && name.Name == "Client" && f.Name.IsExported() {
					names[f.Name.Name] = true
				}
			case *ast.Ident:
				if f.Name.Name == "event" {
					names[of.Name] = true
				}
			}
		}
	}
	return names
}
