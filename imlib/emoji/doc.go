// Package emoji gives Emoji names and takes them back: 😀 is [笑嘻嘻] or
// [Grinning Face], for inputs and terminals that cannot show it. It knows the
// Emoji, names and pictures of the web plugin (@hongyan/emoji) and answers
// exactly as that does; both are made from emoji.tsv.
//
// Messages hold Emoji as plain characters. Whoever lets users type names calls
// [Set.FromSymbol] before sending.
//
// What old clients sent for an Emoji, the one character U+F600 for U+1F600, is
// understood by every function. Chinese and Korean characters are left alone
// (see [Options]).
package emoji

//go:generate go run ./generate
