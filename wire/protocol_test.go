package wire_test

import (
	"fmt"
	"go/ast"
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

	"github.com/hongyan-im/hongyan/chat"
)

var (
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
	mention   = regexp.MustCompile(`PROTOCOL\.md#([a-zA-Z0-9_-]+)`)
)

func protocolText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "PROTOCOL.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchor spells a heading as a link to it does.
func anchor(heading string) string {
	return strings.ReplaceAll(notAnchor.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// Wherever a file of ours points into PROTOCOL.md, that section exists.
func TestProtocolAnchors(t *testing.T) {
	anchors := make(map[string]bool)
	for _, m := range heading.FindAllStringSubmatch(protocolText(t), -1) {
		anchors[anchor(m[1])] = true
	}
	read := func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "data", "dist"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".ts", ".tsx", ".proto", ".md"}, filepath.Ext(path)) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range mention.FindAllStringSubmatch(string(text), -1) {
			if !anchors[m[1]] {
				t.Errorf("%s points at %s, which is not there", path, m[0])
			}
		}
		return nil
	}
	if err := filepath.WalkDir("..", read); err != nil {
		t.Fatal(err)
	}
}

// PROTOCOL.md describes every topic, every payload and every code.
func TestProtocolIsComplete(t *testing.T) {
	text := protocolText(t)
	for _, topic := range topics(t) {
		if !strings.Contains(text, "`"+topic+"`") {
			t.Errorf("the topic `%s` is not described", topic)
		}
	}
	for _, name := range payloadNames() {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(text) {
			t.Errorf("the payload %s is not mentioned", name)
		}
	}
	for _, code := range chat.Codes() {
		if !strings.Contains(text, fmt.Sprintf("\n| %d | %s | %s |", uint16(code), code, code.English())) {
			t.Errorf("the code %d %s is not described as chat/words/codes.tsv has it: %s", uint16(code), code, code.English())
		}
	}
}

// topics reads the texts of the Topic constants from topic.go.
func topics(t *testing.T) (topics []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "topic.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Topic") {
			return true
		}
		topic, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		topics = append(topics, topic)
		return true
	})
	return topics
}
