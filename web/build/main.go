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

// bundle returns the files of dist by name: the SDK as a module (imlib.js) and
// for a script tag (RongIMLib.js), both with source maps, its core alone
// (imlib-core.js), the chat page to mount anywhere (chat.js, chat.css), and the
// page that does so here. The same sources give the same bytes.
func bundle(web string) (map[string][]byte, error) {
	root, err := filepath.Abs(web)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	numbers, err := numbers(root)
	if err != nil {
		return nil, err
	}
	for _, options := range []api.BuildOptions{
		{EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "imlib/src/index.ts", OutputPath: "imlib"},
		}, Format: api.FormatESModule, Sourcemap: api.SourceMapLinked, Splitting: true, ChunkNames: "imlib-[name]"},
		{EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "imlib/src/core.ts", OutputPath: "imlib-core"},
		}, Format: api.FormatESModule},
		{EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "demo/src/mount.tsx", OutputPath: "chat"},
			{InputPath: "demo/chat.css", OutputPath: "chat"},
		}, Format: api.FormatESModule, JSX: api.JSXAutomatic, JSXImportSource: "preact"},
	} {
		options.AbsWorkingDir, options.Plugins = root, []api.Plugin{numbers}
		if err := build(options, files); err != nil {
			return nil, err
		}
	}
	if err := bundleScript(api.BuildOptions{AbsWorkingDir: root, Plugins: []api.Plugin{numbers}}, files); err != nil {
		return nil, err
	}
	if err := bundleEmoji(root, files); err != nil {
		return nil, err
	}
	for _, name := range []string{"index.html", "page.js", "page.css"} {
		if files[name], err = os.ReadFile(filepath.Join(root, "demo", name)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// build adds what options make to files.
func build(options api.BuildOptions, files map[string][]byte) error {
	options.Outdir = "dist"
	options.Bundle = true
	options.Target = api.ES2022
	options.Charset = api.CharsetUTF8
	options.MinifyWhitespace = true
	options.MinifyIdentifiers = true
	options.MinifySyntax = true
	options.LegalComments = api.LegalCommentsNone
	options.LogLevel = api.LogLevelSilent
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return messages(result.Errors)
	}
	for _, out := range result.OutputFiles {
		files[filepath.Base(out.Path)] = out.Contents
	}
	return nil
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
