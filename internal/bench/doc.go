// Package bench loads a server with messages, checks every one of them and
// says how fast it went.
//
// A load is one goroutine around one epoll: it owns every socket, every count
// and the clock, so a message costs it no lock, no wake-up and no allocation.
// That matters because the server is measured on the same machine: whatever
// the generator spends, the server cannot have.
package bench
