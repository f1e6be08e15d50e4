package mobile_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A program that uses the SDK links the standard library and these, and
// nothing of the server.
func TestImportsAreFew(t *testing.T) {
	few := []string{
		"github.com/hongyan-im/hongyan/chat", "github.com/hongyan-im/hongyan/wire", "github.com/hongyan-im/hongyan/wire/pb",
		"github.com/hongyan-im/hongyan/imlib", "github.com/hongyan-im/hongyan/imlib/emoji", "github.com/hongyan-im/hongyan/imlib/mobile",
		"github.com/gobwas/ws/...", "github.com/gobwas/httphead", // WebSocket
		"google.golang.org/protobuf/...", "github.com/planetscale/vtprotobuf/protohelpers", // payloads
		"github.com/cespare/xxhash/v2", // of package wire
	}
	const format = "{{if not .Standard}}{{.ImportPath}}{{end}}"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, "..", "../emoji", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if !slices.ContainsFunc(few, func(one string) bool {
			tree, all := strings.CutSuffix(one, "/...")
			return path == tree || all && strings.HasPrefix(path, tree+"/")
		}) {
			t.Errorf("imlib imports %s", path)
		}
	}
}

// It compiles for small machines, phones, browsers and WASI, without C.
func TestCompilesElsewhere(t *testing.T) {
	for _, target := range []string{"linux/arm64", "android/arm64", "ios/arm64", "js/wasm", "wasip1/wasm"} {
		system, machine, _ := strings.Cut(target, "/")
		build := exec.CommandContext(t.Context(), "go", "build", "..", "../emoji", ".")
		build.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0", "GOFLAGS=")
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", target, err, out)
		}
	}
}
