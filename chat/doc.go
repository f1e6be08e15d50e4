// Package chat holds the words of instant messaging: identities,
// conversations, messages, ticks and result codes. It depends on the standard
// library only, so every other package can speak it.
package chat

//go:generate go run -C ../tools ./genwords ..
