// Package e2e runs real clients in a real browser against a real server
// process: the unmodified official Web SDK and the demo page, in Chromium.
//
// It holds tests only. They need chromium and the npm packages of
// package-lock.json; "make deps" installs both. Nothing here reaches beyond
// this machine: the browser resolves loopback names only.
package e2e
