package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The page's listings are testdata/page, each in a file that is named by what
// the page promises there. They are as they stand on the page, but for commas
// that the page has wrong, and run as they are with either SDK.

// sample is a listing of the page with its blanks filled: its conversations
// are with bob.
func sample(t *testing.T, file string) string {
	t.Helper()
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("<目标 Id>", "bob", "<targetId>", "bob", "targetId: ''", "targetId: 'bob'").Replace(string(code))
}

// samples are the listings whose code begins as given.
func samples(t *testing.T, begins string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/page/*.js")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if strings.HasPrefix(sample(t, file), begins) {
			found = append(found, file)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no listing begins with %q", begins)
	}
	return found
}

// evaluate runs a listing and returns what its last line is, a file being
// called file there.
const evaluate = `async function evaluate(code, file) { return eval(code) }`

// TestPageMessages: each message that the page builds can be sent and arrives
// as it was built.
// Shows S070, S071, S073, S075, S076, S079, S083, S084, S086, S087, S088, S089, S090, S091, S130, S131, S132.
func TestPageMessages(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		for _, file := range samples(t, "new RongIMLib.") {
			built := call[struct {
				Result  sent
				Content json.RawMessage
			}](alice.page, `async (code) => {
				`+evaluate+`
				const message = await evaluate(code)
				const content = structuredClone(message.content)
				const result = await RongIMLib.sendMessage({ conversationType: RongIMLib.ConversationType.PRIVATE, targetId: 'bob' }, message)
				return { result, content }
			}`, sample(t, file))
			if built.Result.Code != 0 {
				t.Errorf("%s: code %d %s", file, built.Result.Code, built.Result.Msg)
				continue
			}
			got := bob.message(built.Result.Data.UID)
			if got.ObjectName != built.Result.Data.ObjectName || !reflect.DeepEqual(decoded(t, got.Content), decoded(t, built.Content)) {
				t.Errorf("%s: bob hears %s %s, sent was %s", file, got.ObjectName, got.Content, built.Content)
			}
		}
	})
}

// TestPageEmoji: the page's listing sends an Emoji as the character it is.
// Shows S100, S103.
func TestPageEmoji(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		call[any](alice.page, "im.run", sample(t, "testdata/page/S100-emoji.js"))
		bob.hears("😀")
	})
}

// TestPageEmojiPlugin: the page's listings of the plugin answer what the page says
// they do: those before its own configuration, then that. The vendor's plugin is
// no package, so ours alone is there to run them.
// Shows S109, S111, S112, S113, S115, S116, S117, S118, S119, S120, S121, S122, S123.
func TestPageEmojiPlugin(t *testing.T) {
	p := openScripts(t, scriptTag(startServer(t).url+"/"+emojiBuilds[0]))
	run := func(file string) any {
		return call[any](p, `async (code) => { `+evaluate+`; return evaluate(code) }`, sample(t, "testdata/page/"+file))
	}
	run("S109-emoji-init.js")
	item := call[[]string](p, `(code) => {
		const { unicode, emoji, node, symbol } = new Function(code + '\nreturn list')().find((item) => item.unicode === 'u1F600')
		return [unicode, emoji, node.tagName, symbol]
	}`, sample(t, "testdata/page/S119-emoji-list.js"))
	if want := []string{"u1F600", "😀", "SPAN", "[笑嘻嘻]"}; !slices.Equal(item, want) {
		t.Errorf("the list has %q, want %q", item, want)
	}
	for _, file := range []string{"S120-emoji-to-symbol.js", "S121-symbol-to-emoji.js", "S122-emoji-to-html.js", "S123-symbol-to-html.js"} {
		_, said, _ := strings.Cut(sample(t, "testdata/page/"+file), "// => ")
		if got, want := run(file), strings.Trim(strings.TrimSpace(said), `'"`); got != want {
			t.Errorf("%s answers %q, the page says %q", file, got, want)
		}
	}
	run("S111-S118-emoji-config.js")
	if got := call[string](p, `() => RongIMLib.RongIMEmoji.emojiToSymbol('🤔')`); got != "[thinking face]" {
		t.Errorf("the Emoji that the page adds is %q", got)
	}
}

// TestPageTyping: the page's listing tells the peer what is being typed.
// Shows S165, S166.
func TestPageTyping(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		call[any](alice.page, "im.run", sample(t, "testdata/page/S165-S166-typing.js"))
		got := call[struct {
			TargetID string `json:"targetId"`
			List     []struct {
				UserID      string `json:"userId"`
				MessageType string `json:"messageType"`
			}
		}](bob.page, "im.untilTyping")
		if got.TargetID != "alice" || len(got.List) != 1 || got.List[0].UserID != "alice" || got.List[0].MessageType != "RC:TxtMsg" {
			t.Errorf("bob is told %+v", got)
		}
	})
}

// TestPageUploads: each listing that sends a file does so.
// Shows S142, S150, S156, S157, S158.
func TestPageUploads(t *testing.T) { withEach(t, pageUploads) }

func pageUploads(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, file := range samples(t, "const conversation = {\nconversationType: RongIMLib.ConversationType.PRIVATE") {
		uid := call[string](alice.page, `async (code) => {
			`+evaluate+`
			const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
			canvas.getContext('2d').fillRect(0, 0, 4, 4)
			const picture = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
			const file = new File([picture], 'picture.png', { type: 'image/png' })
			// What the listing leaves to the reader: the message that was sent.
			await evaluate(code.replace('// 发送成功', 'window.sentBySample = message'), file)
			return window.sentBySample.messageUId
		}`, sample(t, file))
		if got := bob.message(uid); got.UID != uid {
			t.Errorf("%s: bob hears %+v", file, got)
		}
	}
}
