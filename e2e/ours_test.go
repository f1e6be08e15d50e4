package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The packages that an application may import.
const (
	theirPackage = "@rongcloud/imlib-next"
	ourPackage   = "@hongyan/imlib"
)

// TestPageTypes: an application that uses the TypeScript names of the page
// compiles with the official package, and with ours when only its import is
// changed.
// Shows S092, S155.
func TestPageTypes(t *testing.T) {
	home := filepath.Dir(declarationsOfOurs(t))
	for _, file := range []string{"types.ts", "types-upload.ts"} {
		theirs := filepath.Join("testdata", file)
		compile(t, theirs)
		source, err := os.ReadFile(theirs)
		if err != nil {
			t.Fatal(err)
		}
		ours := filepath.Join(home, file)
		changed := strings.ReplaceAll(string(source), theirPackage, ourPackage)
		if err := os.WriteFile(ours, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		compile(t, ours)
	}
}

// declarationsOfOurs is a folder with the declarations of our package, as
// applications find them.
func declarationsOfOurs(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "node_modules")
	home := filepath.Join(dir, ourPackage)
	tsc(t, "-p", "../web/imlib", "--declaration", "--emitDeclarationOnly", "--outDir", filepath.Join(home, "build"))
	manifest, err := os.ReadFile("../web/imlib/package.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "package.json"), manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func compile(t *testing.T, file string) {
	t.Helper()
	tsc(t, "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler",
		"--lib", "es2022,dom", file)
}

func tsc(t *testing.T, args ...string) {
	t.Helper()
	args = append([]string{"../web/node_modules/typescript/bin/tsc"}, args...)
	if out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
