package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// What the SDK's sources say of an enumeration is a number in a bundle.
func TestNumbers(t *testing.T) {
	web := t.TempDir()
	for name, content := range map[string]string{
		"imlib/src/generated/enums.ts": `
type KindValues = {
  readonly OTHER: -1
  readonly GROUP: 3
}
export const Kind = new Map([['GROUP', 3]]) as unknown as KindValues
`,
		"imlib/src/index.ts": `
import { Kind } from './generated/enums.ts'
export { Kind } from './generated/enums.ts'
export const kinds = [Kind.OTHER, Kind.GROUP, Kind.MISSING]
`,
	} {
		path := filepath.Join(web, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plugin, err := numbers(web)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	err = build(api.BuildOptions{AbsWorkingDir: web, EntryPoints: []string{"imlib/src/index.ts"}, Format: api.FormatESModule, Plugins: []api.Plugin{plugin}}, files)
	if got := string(files["index.js"]); err != nil || !strings.Contains(got, "[-1,3,") || !strings.Contains(got, ".MISSING]") || !strings.Contains(got, `["GROUP",3]`) {
		t.Errorf("%v, %s", err, got)
	}
}
