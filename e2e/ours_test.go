package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, name := range []string{"types.ts", "types-upload.ts"} {
		compile(t, filepath.Join("testdata", name))
		app := filepath.Join(home, name)
		changed := strings.ReplaceAll(read(t, filepath.Join("testdata", name)), theirPackage, ourPackage)
		if err := os.WriteFile(app, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		compile(t, app)
	}
}

// TestWholeTypes: a program that gives every function of the official package
// each of its options, reads every field of every result and event, and makes
// every message, is one with our package, too. What is not here is named in
// web/imlib/left-out.tsv and testdata/fields.tsv, with the reason.
func TestWholeTypes(t *testing.T) {
	home := filepath.Dir(declarationsOfOurs(t))
	out, err := exec.CommandContext(t.Context(), "node", "testdata/program.mjs").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%s", exit.Stderr)
		}
		t.Fatal(err)
	}
	theirs, err := filepath.Abs("node_modules/@rongcloud")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(theirs, filepath.Join(home, "node_modules", "@rongcloud")); err != nil {
		t.Fatal(err)
	}
	for file, name := range map[string]string{"theirs.ts": theirPackage, "ours.ts": ourPackage} {
		app := filepath.Join(home, file)
		if err := os.WriteFile(app, bytes.ReplaceAll(out, []byte(theirPackage), []byte(name)), 0o644); err != nil {
			t.Fatal(err)
		}
		compile(t, app)
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

// TestOurNames: whatever the official SDK exports is exported by ours, or is in
// web/imlib/left-out.tsv with the reason. That holds for functions, classes and
// enumerations and for what is in these, events and codes among them.
func TestOurNames(t *testing.T) {
	theirs, here := officialNames(t), namesOfOurs(t)
	left := leftOut(t)
	for _, name := range theirs {
		_, out := left[name]
		if enumeration, _, member := strings.Cut(name, "."); member && !slices.Contains(here, enumeration) {
			continue // the enumeration itself is missing
		}
		switch has := slices.Contains(here, name); {
		case has && out:
			t.Errorf("%s is exported: take it out of left-out.tsv", name)
		case !has && !out:
			t.Errorf("%s is missing: export it, or say why not in left-out.tsv", name)
		}
	}
	for name, why := range left {
		if why == "" || !slices.Contains(theirs, name) {
			t.Errorf("left-out.tsv has %s for the reason %q; the official SDK has no such name, or there is no reason", name, why)
		}
	}
}

// officialNames are the values that the official package declares, and the
// members of enumerations as Name.MEMBER.
func officialNames(t *testing.T) []string {
	t.Helper()
	var names []string
	imlib := read(t, "node_modules/@rongcloud/imlib-next/index.d.ts")
	engine := read(t, "node_modules/@rongcloud/engine/index.d.ts")
	exported := regexp.MustCompile(`(?ms)^export \{(.*?)\}`).FindAllStringSubmatch(imlib, -1)
	for _, list := range exported {
		for _, name := range strings.Split(list[1], ",") {
			inside, outside, renamed := strings.Cut(strings.TrimSpace(name), " as ")
			if !renamed {
				outside = inside
			}
			if outside == "" {
				continue // after the last comma
			}
			for _, source := range []string{imlib, engine} {
				value := regexp.MustCompile(`declare (?:abstract )?(const enum|enum|const|let|function|class) ` + regexp.QuoteMeta(inside) + `\b`).FindStringSubmatchIndex(source)
				if value == nil {
					continue
				}
				names = append(names, outside)
				if strings.HasSuffix(source[value[2]:value[3]], "enum") {
					names = append(names, enumerated(outside, source[value[1]:])...)
				}
				break
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// enumerated are those of the enumeration whose body is the first in source.
func enumerated(name, source string) []string {
	body, _, _ := strings.Cut(source, "\n}")
	body = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`).ReplaceAllString(body, "")
	var all []string
	for _, m := range regexp.MustCompile(`(\w+) = `).FindAllStringSubmatch(body, -1) {
		all = append(all, name+"."+m[1])
	}
	return all
}

// namesOfOurs are the same of our package, asked of the package itself.
func namesOfOurs(t *testing.T) []string {
	t.Helper()
	const list = `import * as all from '../web/dist/imlib.js'
const members = (name) => (typeof all[name] === 'object' ? Object.keys(all[name]).map((m) => name + '.' + m) : [])
console.log(JSON.stringify(Object.keys(all).flatMap((name) => [name, ...members(name)])))`
	out, err := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", list).Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := json.Unmarshal(out, &names); err != nil {
		t.Fatal(err)
	}
	return names
}

// leftOut is web/imlib/left-out.tsv: names of the official SDK that ours does
// not have, and why.
func leftOut(t *testing.T) map[string]string {
	t.Helper()
	left := map[string]string{}
	lines := strings.Split(strings.TrimSpace(read(t, "../web/imlib/left-out.tsv")), "\n")
	for _, line := range lines[1:] {
		name, why, _ := strings.Cut(line, "\t")
		if _, twice := left[name]; twice {
			t.Errorf("left-out.tsv has %s twice", name)
		}
		left[name] = why
	}
	return left
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
