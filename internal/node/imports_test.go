package node_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/hongyan-im/hongyan/"

// bans are what no file of a room may import, beside what comes after the
// room in ARCHITECTURE.md.
var bans = []struct{ from, to, because string }{
	{"chat", "", "everybody speaks these words, so they depend on nothing"},
	{"internal/store", module + "internal/store/", "a contract does not know its drivers"},
	{"internal/tail", module + "internal/tail/", "a contract does not know its drivers"},
	{"internal/session", "github.com/gobwas/ws", "only the gateway knows what carries a session"},
	{"imlib", "github.com/cockroachdb/", "a client has no database"},
	{"imlib", "github.com/prometheus/", "a client has no metrics server"},
}

// drivers are known to those who choose one, and to nobody else.
var (
	drivers = []string{
		module + "internal/store/embedded", module + "internal/tail/local", module + "internal/media/disk", module + "internal/media/s3",
	}
	choose = []string{"internal/node", "cmd/hongyan"}
)

// The picture in ARCHITECTURE.md is the truth: a room imports only rooms above
// it in the list there, and every package is in a room.
func TestImports(t *testing.T) {
	rooms := readRooms(t)
	for pkg, imports := range imported(t, "../..") {
		at := slices.Index(rooms, roomOf(rooms, pkg))
		if at < 0 {
			t.Errorf("%s is in no room of ARCHITECTURE.md#rooms", pkg)
		}
		for _, path := range imports {
			if own, ok := strings.CutPrefix(path, module); ok && slices.Index(rooms, roomOf(rooms, own)) > at {
				t.Errorf("%s imports %s, which is below it in ARCHITECTURE.md#rooms", pkg, own)
			}
			if slices.Contains(drivers, path) && !slices.Contains(choose, pkg) {
				t.Errorf("%s imports %s: only %v choose a driver", pkg, path, choose)
			}
			for _, ban := range bans {
				if pkg == ban.from && strings.HasPrefix(path, ban.to) && strings.Contains(path, ".") {
					t.Errorf("%s imports %s: %s", pkg, path, ban.because)
				}
			}
		}
	}
}

// A dependency is a decision with a sentence in ARCHITECTURE.md.
func TestEveryDependencyHasAReason(t *testing.T) {
	_, section, _ := strings.Cut(architecture(t), "\n## Dependencies\n")
	var named []string
	for _, name := range regexp.MustCompile("`([a-z.-]+/[^` ]+)`").FindAllStringSubmatch(section, -1) {
		named = append(named, name[1])
	}
	for pkg, imports := range imported(t, "../..") {
		for _, path := range imports {
			if strings.HasPrefix(path, module) || !strings.Contains(path, ".") {
				continue // ours, or the standard library's
			}
			path = strings.TrimPrefix(path, "github.com/")
			if !slices.ContainsFunc(named, func(name string) bool { return strings.HasPrefix(path+"/", name+"/") }) {
				t.Errorf("%s imports %s, which ARCHITECTURE.md#dependencies does not name", pkg, path)
			}
		}
	}
}

func architecture(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readRooms lists the rooms in the order of ARCHITECTURE.md.
func readRooms(t *testing.T) (rooms []string) {
	t.Helper()
	_, list, _ := strings.Cut(architecture(t), "| room | sentence |")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(list, -1) {
		rooms = append(rooms, row[1])
	}
	return rooms
}

// roomOf is the room that pkg is, or is part of; empty when there is none.
func roomOf(rooms []string, pkg string) (room string) {
	for _, r := range rooms {
		if (pkg == r || strings.HasPrefix(pkg, r+"/")) && len(r) > len(room) {
			room = r
		}
	}
	return room
}

// imported lists what each package of the module in root imports, tests aside.
func imported(t *testing.T, root string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (err == nil || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir // another module, or none
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(dir)
		all[pkg] = append(all[pkg], "") // also a package that imports nothing is one
		for _, i := range file.Imports {
			imports, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			all[pkg] = append(all[pkg], imports)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
