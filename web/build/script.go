package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundleScript adds the SDK as script tags load it to files: the same modules,
// whose exports become properties of the global RongIMLib.
func bundleScript(options api.BuildOptions, files map[string][]byte) error {
	options.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "imlib/src/script.ts", OutputPath: "RongIMLib"}}
	options.Format = api.FormatESModule
	options.Sourcemap = api.SourceMapLinked
	options.Banner = map[string]string{"js": `"use strict";(()=>{`} // a line of its own, which the source map knows
	if err := build(options, files); err != nil {
		return err
	}
	script, err := assigned(string(files["RongIMLib.js"]))
	files["RongIMLib.js"] = []byte(script)
	return err
}

// exported is the last statement of a bundled module.
var exported = regexp.MustCompile(`export\{([^{}]*)\};\n`)

// assigned is a module that was opened by a banner, with its exports as
// properties of RongIMLib, which may be there already. esbuild's own way to
// make a script has a getter for each of them, which is 200 bytes more in all.
func assigned(module string) (string, error) {
	found := exported.FindStringSubmatchIndex(module)
	if found == nil {
		return "", errors.New("RongIMLib.js exports nothing")
	}
	var properties []string
	for _, export := range strings.Split(module[found[2]:found[3]], ",") {
		local, name, renamed := strings.Cut(export, " as ")
		if renamed {
			local = name + ":" + local
		}
		properties = append(properties, local)
	}
	end := "globalThis.RongIMLib=Object.assign(globalThis.RongIMLib??{},{" + strings.Join(properties, ",") + "})})();\n"
	return module[:found[0]] + end + module[found[1]:], nil
}
