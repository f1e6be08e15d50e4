package main

import "github.com/evanw/esbuild/pkg/api"

// bundleEmoji adds the Emoji plugin to files as script tags load it, to read
// and to ship: RongEmoji.js and RongEmoji.min.js. The language is that of
// browsers which are older than those the SDK needs.
func bundleEmoji(root string, files map[string][]byte) error {
	for name, minify := range map[string]bool{"RongEmoji.js": false, "RongEmoji.min.js": true} {
		result := api.Build(api.BuildOptions{
			AbsWorkingDir:     root,
			EntryPoints:       []string{"emoji/src/script.ts"},
			Outdir:            "dist",
			Bundle:            true,
			Format:            api.FormatIIFE,
			Target:            api.ES2018,
			Charset:           api.CharsetUTF8,
			MinifyWhitespace:  minify,
			MinifyIdentifiers: minify,
			MinifySyntax:      minify,
			LegalComments:     api.LegalCommentsNone,
			LogLevel:          api.LogLevelSilent,
		})
		if len(result.Errors) > 0 {
			return messages(result.Errors)
		}
		files[name] = result.OutputFiles[0].Contents
	}
	return nil
}
