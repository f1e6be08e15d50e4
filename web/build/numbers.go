package main

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// Where an enumeration is declared, and where one of its members is spoken of.
var (
	declaration = regexp.MustCompile(`(?s)\ntype (\w+)Values = \{(.*?)\n\}`)
	declared    = regexp.MustCompile(`(?m)readonly (\w+): (-?\d+)$`)
	spoken      = regexp.MustCompile(`\b[A-Z]\w+\.[A-Z]\w*\b`)
)

// numbers has the SDK's sources say members of its enumerations by number, as
// esbuild does with an enum of TypeScript: ConversationType.GROUP is 3. Ours
// are objects, since they come from tables, and their names are for
// applications: in a bundle each use of one would cost as much as the name.
func numbers(root string) (api.Plugin, error) {
	enumerations := filepath.Join(root, "imlib", "src", "generated", "enums.ts")
	text, err := os.ReadFile(enumerations)
	if err != nil {
		return api.Plugin{}, err
	}
	numbers := make(map[string]string)
	for _, d := range declaration.FindAllStringSubmatch(string(text), -1) {
		for _, member := range declared.FindAllStringSubmatch(d[2], -1) {
			numbers[d[1]+"."+member[1]] = "(" + member[2] + ")"
		}
	}
	load := func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		if args.Path == enumerations {
			return api.OnLoadResult{}, nil
		}
		source, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		said := spoken.ReplaceAllStringFunc(string(source), func(member string) string {
			if number, ok := numbers[member]; ok {
				return number
			}
			return member
		})
		return api.OnLoadResult{Contents: &said, Loader: api.LoaderTS}, nil
	}
	return api.Plugin{Name: "numbers", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `[/\\]imlib[/\\]src[/\\].*\.ts$`}, load)
	}}, nil
}
