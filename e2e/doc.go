// Package e2e runs real clients in a real browser against a real server
// process: the unmodified official Web SDK and the demo page, in Chromium.
//
// page.tsv has a row for each promise of the page "发送消息", with the tests
// that show it; a test that shows one says so in its comment.
//
// It holds tests only. They need chromium and the npm packages of
// package-lock.json; "make deps" installs both. Nothing here reaches beyond
// this machine: the browser resolves loopback names only.
package e2e
