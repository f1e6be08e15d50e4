package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
)

// TestDemoFilesElsewhere: a photo goes straight to a storage of another origin,
// and is shown from there.
func TestDemoFilesElsewhere(t *testing.T) {
	bucket := s3test.Start(t)
	s := startServer(t, "--files", bucket.Config())
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.chooses("geese.png", photo(t, 640, 400))
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.entry[data-status=sent] .picture img') !== null)")
	if !slices.ContainsFunc(bucket.Seen(), func(r string) bool { return strings.HasPrefix(r, "PUT ") }) {
		t.Errorf("the storage has seen %v", bucket.Seen())
	}
	bob.untilRow("Alice", "[Photo]")
	bob.opens("Alice")
	bob.click("button", "Open photo")
	width := call[int](bob.page, `async () => {
		const img = await demo.until(() => document.querySelector('dialog img'))
		await img.decode()
		return img.naturalWidth
	}`)
	if width != 640 {
		t.Errorf("the photo is %d wide", width)
	}
}
