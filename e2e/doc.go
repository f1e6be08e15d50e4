// Package e2e runs real clients in a real browser against a real server
// process: the unmodified official Web SDK, our own, and the demo
// page, in Chromium.
//
// Stories that an app could tell with either SDK run with both, the official one
// and ours (withEach); -kit hongyan tells any other with ours, to see what is
// different.
//
// page.tsv has a row for each promise of the page "发送消息", with the tests
// that show it; a test that shows one says so in its comment.
//
// TestDemoLooks and TestDemoNarrow write pictures of the chat page into the
// folder that -demo.pictures names; those of the README are demo.png and
// demo-phone.png among them.
//
// It holds tests only. They need chromium and the npm packages of
// package-lock.json; "make deps" installs both. Nothing here reaches beyond
// this machine: the browser resolves loopback names only.
package e2e
