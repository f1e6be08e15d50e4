package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// emojiBuilds are the plugin as the server gives it to script tags.
var emojiBuilds = []string{"RongEmoji.js", "RongEmoji.min.js"}

// openScripts opens a page of another origin whose head has these tags.
func openScripts(t *testing.T, head ...string) *page {
	t.Helper()
	files := http.FileServer(http.Dir("."))
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>Emoji</title><link rel=icon href=data:,>\n%s\n<body>", strings.Join(head, "\n"))
	}))
	t.Cleanup(site.Close)
	return openPage(t, site.URL)
}

func scriptTag(url string) string { return `<script src="` + url + `"></script>` }

// emojiConfig is the configuration of the page, with addresses on this machine.
const emojiConfig = `{
	size: 25,
	url: '//127.0.0.1:1/emoji-48.png',
	lang: 'en',
	extension: {
		dataSource: {
			u1F914: { en: 'thinking face', zh: '思考', tag: '🤔', position: '0 0' }
		},
		url: '//127.0.0.1:1/thinking-face.png'
	}
}`

// TestEmojiScripts: both builds, loaded by script tags, do what the page shows.
// Shows S101, S104, S105, S106, S108, S109, S114, S119, S120, S121, S122, S123, S124.
func TestEmojiScripts(t *testing.T) {
	s := startServer(t)
	for _, build := range emojiBuilds {
		t.Run(build, func(t *testing.T) {
			p := openScripts(t, scriptTag(s.url+"/"+build))
			type item struct {
				Unicode, Emoji, Symbol, Tag, Class, Text, Width string
				Keys                                            []string
			}
			got := call[struct {
				Length  int
				Item    item
				Native  bool
				Answers []string
			}](p, `() => {
				RongIMLib.RongIMEmoji.init()
				const list = RongIMLib.RongIMEmoji.list
				const item = list.find((item) => item.unicode === 'u1F600')
				return {
					length: list.length,
					item: { ...item, keys: Object.keys(item), tag: item.node.tagName, class: item.node.className, text: item.node.textContent, width: item.node.style.width },
					native: RongIMLib.RongIMEmoji.isSupportEmoji() === RongIMLib.RongIMEmoji.isSupportEmoji(),
					answers: [
						RongIMLib.RongIMEmoji.emojiToSymbol('😀😁测试 Emoji'),
						RongIMLib.RongIMEmoji.symbolToEmoji('[笑嘻嘻][露齿而笑]测试 Emoji'),
						RongIMLib.RongIMEmoji.emojiToHTML('\uf600测试 Emoji'),
						RongIMLib.RongIMEmoji.symbolToHTML('[露齿而笑]测试 Emoji'),
						RongIMLib.RongIMEmoji.emojiToSymbol('\uf600'),
						RongIMLib.RongIMEmoji.symbolToEmoji('\uf600[abc]'),
					],
				}
			}`)
			want := item{
				Unicode: "u1F600", Emoji: "😀", Symbol: "[笑嘻嘻]", Tag: "SPAN", Class: "rong-emoji-content", Text: "😀", Width: "24px",
				Keys: []string{"unicode", "emoji", "node", "symbol"},
			}
			if keys := got.Item.Keys; !slices.Equal(keys, want.Keys) {
				t.Errorf("an item has %v", keys)
			}
			got.Item.Keys, want.Keys = nil, nil
			if got.Length != 129 || fmt.Sprint(got.Item) != fmt.Sprint(want) {
				t.Errorf("a list of %d with %+v", got.Length, got.Item)
			}
			answers := []string{
				"[笑嘻嘻][露齿而笑]测试 Emoji",
				"😀😁测试 Emoji",
				"<span class='rong-emoji-content' name='[笑嘻嘻]'>😀</span>测试 Emoji",
				"<span class='rong-emoji-content' name='[露齿而笑]'>😁</span>测试 Emoji",
				"[笑嘻嘻]",
				"😀[abc]",
			}
			if !slices.Equal(got.Answers, answers) {
				t.Errorf("answers %q\nwant %q", got.Answers, answers)
			}
		})
	}
}

// TestEmojiConfig: the page's configuration, and what a browser makes of it.
// Shows S102, S110, S111, S112, S113, S115, S116, S117, S118.
func TestEmojiConfig(t *testing.T) {
	s := startServer(t)
	p := openScripts(t, scriptTag(s.url+"/"+emojiBuilds[0]))
	p.expect("net::ERR") // nobody serves the pictures
	type shown struct{ Name, Text, Width, Height, Image, Position, Size string }
	got := call[struct {
		Symbols, Chinese, Emoji string
		Length                  int
		Own, Extra, Node        shown
	}](p, `() => {
		const { RongIMEmoji } = RongIMLib
		RongIMEmoji.init(`+emojiConfig+`)
		const shown = (node) => {
			document.body.append(node)
			const style = getComputedStyle(node)
			return {
				name: node.getAttribute('name'), text: node.textContent, width: style.width, height: style.height,
				image: style.backgroundImage, position: style.backgroundPosition, size: style.backgroundSize,
			}
		}
		const fromHTML = (html) => {
			const frame = document.createElement('div')
			frame.innerHTML = html
			return shown(frame.firstChild)
		}
		const result = {
			symbols: RongIMEmoji.emojiToSymbol('😀🤔'),
			emoji: RongIMEmoji.symbolToEmoji('[thinking face]'),
			length: RongIMEmoji.list.length,
			own: fromHTML(RongIMEmoji.emojiToHTML('😁')),
			extra: fromHTML(RongIMEmoji.symbolToHTML('[thinking face]')),
			node: shown(RongIMEmoji.list.at(-1).node),
		}
		RongIMEmoji.init({ lang: 'zh' })
		return { ...result, chinese: RongIMEmoji.symbolToEmoji('[思考]') }
	}`)
	if got.Symbols != "[Grinning Face][thinking face]" || got.Emoji != "🤔" || got.Chinese != "🤔" || got.Length != 130 {
		t.Errorf("names: %+v", got)
	}
	own := shown{"[Grinning With Smiling]", "😁", "25px", "25px", `url("http://127.0.0.1:1/emoji-48.png")`, "-25px 0px", "auto 25px"}
	if got.Own != own {
		t.Errorf("an Emoji is shown as %+v", got.Own)
	}
	extra := shown{"[thinking face]", "🤔", "25px", "25px", `url("http://127.0.0.1:1/thinking-face.png")`, "0px 0px", "auto 25px"}
	if got.Extra != extra || got.Node != extra {
		t.Errorf("an Emoji of the extension is shown as %+v, in the list as %+v", got.Extra, got.Node)
	}
}

// TestEmojiRunsNothing: what a user wrote runs nowhere, however it is made HTML.
// Shows S125.
func TestEmojiRunsNothing(t *testing.T) {
	s := startServer(t)
	p := openScripts(t, scriptTag(s.url+"/"+emojiBuilds[1]))
	const attack = `<img src="data:," onerror="window.ran = 1"><svg onload="window.ran = 1"></svg>'"><script>window.ran = 1</script>[笑嘻嘻]😀&amp;`
	got := call[struct {
		Ran   bool
		Texts []string
		Tags  []string
	}](p, `async (attack) => {
		const { RongIMEmoji } = RongIMLib
		RongIMEmoji.init({ extension: { dataSource: { u1F914: { en: 'x', zh: "'><img src=data:, onerror='window.ran=1'>", tag: '🤔' } } } })
		const texts = []
		for (const html of [RongIMEmoji.emojiToHTML(attack + '🤔'), RongIMEmoji.symbolToHTML(attack), RongIMEmoji.emojiToHTML(RongIMEmoji.symbolToEmoji(attack), 30)]) {
			const frame = document.createElement('div')
			document.body.append(frame)
			frame.innerHTML = html
			texts.push(frame.textContent)
		}
		// An image that was made would have failed before this one.
		const image = new Image()
		await new Promise((resolve) => { image.onerror = resolve; image.src = 'data:,' })
		return { ran: 'ran' in window, texts, tags: [...new Set([...document.body.querySelectorAll('*')].map((e) => e.tagName))].sort() }
	}`, attack)
	if got.Ran || !slices.Equal(got.Tags, []string{"DIV", "SPAN"}) {
		t.Errorf("ran: %v, elements %v", got.Ran, got.Tags)
	}
	want := []string{attack + "🤔", strings.ReplaceAll(attack, "[笑嘻嘻]", "😀"), strings.ReplaceAll(attack, "[笑嘻嘻]", "😀")}
	if !slices.Equal(got.Texts, want) {
		t.Errorf("shown as %q\nwant %q", got.Texts, want)
	}
}

// TestEmojiBesideModule: where the SDK is a module, the plugin is in the global
// RongIMLib, which it makes; and an application that puts the module there
// loses nothing.
// Shows S107.
func TestEmojiBesideModule(t *testing.T) {
	s := startServer(t)
	imports := `<script type="importmap">{ "imports": {
		"@rongcloud/engine": "/node_modules/@rongcloud/engine/index.mjs",
		"@rongcloud/imlib-next": "/node_modules/@rongcloud/imlib-next/index.mjs"
	} }</script>`
	module := `<script type="module">
		import * as RongIMLib from '@rongcloud/imlib-next'
		window.before = window.RongIMLib.RongIMEmoji.emojiToSymbol('😀') + Object.keys(window.RongIMLib)
		window.RongIMLib = RongIMLib
		window.after = window.RongIMLib.RongIMEmoji.emojiToSymbol('😀') + typeof window.RongIMLib.sendMessage
	</script>`
	p := openScripts(t, imports, scriptTag(s.url+"/"+emojiBuilds[1]), module)
	got := call[[]string](p, "() => [window.before, window.after]")
	if want := []string{"[笑嘻嘻]RongIMEmoji", "[笑嘻嘻]function"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEmojiBesideScript: where the SDK is a script, the two are in one global,
// whichever is loaded first.
func TestEmojiBesideScript(t *testing.T) {
	s := startServer(t)
	sdk := scriptTag(s.url + "/RongIMLib.js")
	for _, build := range emojiBuilds {
		plugin := scriptTag(s.url + "/" + build)
		for _, head := range [][]string{{sdk, plugin}, {plugin, sdk}} {
			p := openScripts(t, head...)
			got := call[string](p, "() => RongIMLib.RongIMEmoji.emojiToSymbol('😀') + typeof RongIMLib.sendMessage + (RongIMLib === window.RongIMLib)")
			if got != "[笑嘻嘻]functiontrue" {
				t.Errorf("%v: %q", head, got)
			}
		}
	}
}
