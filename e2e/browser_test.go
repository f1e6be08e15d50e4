package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is the context of the one Chromium that all tests share.
var browser context.Context

// startBrowser starts Chromium, which can reach this machine and nothing else.
func startBrowser() (stop func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // tests may run as root, as they do in containers
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("enable-blink-features", "ComputedAccessibilityInfo"), // elements tell their role and name
		chromedp.Flag("use-fake-device-for-media-stream", true),             // a microphone that hums
		chromedp.Flag("use-fake-ui-for-media-stream", true),                 // and may be used
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	tab, stopTab := chromedp.NewContext(allocator)
	if err := chromedp.Do(tab); err != nil {
		stopAllocator()
		return nil, fmt.Errorf("chromium does not start (make deps installs it): %w", err)
	}
	browser = tab
	return func() { stopTab(); stopAllocator() }, nil
}

// page is a tab in a browser profile of its own, so that pages share no
// storage. At the end of its test it must not have complained.
type page struct {
	t      *testing.T
	ctx    context.Context
	close  func() // closes the tab before its test ends
	silent bool   // it must not so much as ask another host for anything

	mu         sync.Mutex // guards the following
	complaints []string   // console errors and uncaught exceptions
	foreign    []string   // URLs on other hosts that the page asked for
	answered   []string   // those of them that answered
	sockets    []string   // URLs of WebSockets
	expected   []string   // parts of complaints that the test provokes
}

// openPage opens url in a fresh profile.
func openPage(t *testing.T, url string) *page {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	p := &page{t: t, ctx: ctx, close: closeTab}
	t.Cleanup(func() {
		closeTab()
		p.mustBeQuiet()
	})
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	p.navigate(url)
	return p
}

// navigate loads url in the same tab and profile.
func (p *page) navigate(url string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		p.t.Fatalf("open %s: %v", url, err)
	}
}

// expect says that the test makes the page complain in words that contain part.
func (p *page) expect(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, part)
}

// hear notes what the test must not miss.
func (p *page) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			p.complaints = append(p.complaints, consoleText(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !foreign(e.Entry.URL) {
			p.complaints = append(p.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if foreign(e.Request.URL) {
			p.foreign = append(p.foreign, e.Request.URL)
		}
	case *network.EventResponseReceived:
		if foreign(e.Response.URL) {
			p.answered = append(p.answered, e.Response.URL)
		}
	case *network.EventWebSocketCreated:
		p.sockets = append(p.sockets, e.URL)
	}
}

// mustBeQuiet fails the test when the page complained of anything unexpected or
// reached another host.
func (p *page) mustBeQuiet() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(c, part) }) {
			p.t.Errorf("the page complained: %s", c)
		}
	}
	for _, u := range p.answered {
		p.t.Errorf("the page reached %s", u)
	}
	if p.silent && len(p.foreign) > 0 {
		p.t.Errorf("the page asked %q", p.foreign)
	}
}

// foreign reports whether a URL names another machine.
func foreign(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost"
}

func consoleText(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, a.Description+string(a.Value))
	}
	return strings.Join(words, " ")
}

// call calls the JavaScript function with args as JSON, waits for the promise
// it may return, and decodes the result.
func call[T any](p *page, function string, args ...any) T {
	p.t.Helper()
	list, err := json.Marshal(append([]any{}, args...)) // no arguments are [], not null
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// The result crosses as text, because a value with an undefined in it does
	// not cross as it is.
	source := fmt.Sprintf("Promise.resolve((%s)(...%s)).then((value) => JSON.stringify(value ?? null))", function, list)
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](source, chromedp.EvalAwaitPromise))
	if errors.Is(err, context.DeadlineExceeded) {
		p.t.Fatalf("%s%s: nothing came", function, list)
	}
	if err != nil {
		p.t.Fatalf("%s%s: %v", function, list, err)
	}
	var result T
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		p.t.Fatalf("%s%s: %v in %s", function, list, err, text)
	}
	return result
}
