// Command build bundles the web code into web/dist, which the binary embeds.
// Run it from the root of the repository after changing anything below
// web/imlib/src or web/demo:
//
//	go run ./web/build
//
// The result is checked in, so that building Hongyan needs Go alone; a test
// fails when it is out of date.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := write("web"); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// write replaces web/dist, where web is the folder of that name, by what the
// sources make.
func write(web string) error {
	files, err := bundle(web)
	if err != nil {
		return err
	}
	dist := filepath.Join(web, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.Mkdir(dist, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dist, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// bundle returns the files of dist by name: the SDK alone (imlib.js), and the
// demo page with its script and style. The same sources give the same bytes.
func bundle(web string) (map[string][]byte, error) {
	root, err := filepath.Abs(web)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "imlib/src/index.ts", OutputPath: "imlib"},
			{InputPath: "demo/src/main.ts", OutputPath: "demo"},
			{InputPath: "demo/style.css", OutputPath: "style"},
		},
		Outdir:            "dist",
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return nil, messages(result.Errors)
	}
	files := make(map[string][]byte)
	for _, out := range result.OutputFiles {
		files[filepath.Base(out.Path)] = out.Contents
	}
	page, err := os.ReadFile(filepath.Join(root, "demo", "index.html"))
	if err != nil {
		return nil, err
	}
	files["index.html"] = page
	return files, nil
}

// messages is what esbuild found wrong, one line each.
func messages(found []api.Message) error {
	var errs []error
	for _, m := range found {
		if m.Location == nil {
			errs = append(errs, errors.New(m.Text))
			continue
		}
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s", m.Location.File, m.Location.Line, m.Location.Column, m.Text))
	}
	return errors.Join(errs...)
}
