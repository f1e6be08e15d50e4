// Package embedded is the store that lives in a directory of its own process,
// on Pebble.
//
// # Layout
//
// Every table is one leading byte of the key; numbers are big-endian, so byte
// order is their order.
//
//	t                           → newest committed tick
//	m  tick index               → message
//	c  len log  tick            → pointers to the messages of log in tick
//	i  user NUL tick            → pointers to the inboxed messages of user in tick
//	d  day key                  → id of the message sent with key
//	k  group NUL channel        → empty: the group has a log for channel
//	g  group                    → group
//	p  group NUL user           → tick of the join, for present members
//	s  user NUL group NUL tick  → tick of the leave (0 while a member); tick is the join
//	b  user NUL other           → empty: user refuses other
//	r  user NUL log             → tick read through
//	h  room                     → chatroom
//	u  user                     → user
//
// Ids hold no NUL, so a NUL ends one without ambiguity and keeps byte order.
// A log does hold NULs, so where a tick follows it its length goes first.
//
// Messages lie in the order they were committed, and their bytes are most of
// what is written: because no later key ever falls between two of them,
// compaction moves their files down the tree without rewriting them. What is
// scattered (c, i, d) is small, and c and i hold one entry for all messages
// that a tick has for the log or user: no page splits a tick, so nobody asks
// for less.
//
// # What readers see
//
// Pebble shows a batch to readers before it is on disk. So a reader never
// reads the database itself: it reads the snapshot that Commit took after the
// last fsync that succeeded. Last, every index and every changing record come
// from that one snapshot.
package embedded
