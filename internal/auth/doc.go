// Package auth says who is calling: which app signed a request of the Server
// API, and which user a token belongs to.
//
// Everything here belongs to one app and is made from its App. All of it is
// safe for use by many goroutines.
package auth
