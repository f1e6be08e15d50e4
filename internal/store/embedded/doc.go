// Package embedded is the store that lives in a directory of its own process,
// on Pebble.
//
// # Layout
//
// Every table is one leading byte of the key; numbers are big-endian, so byte
// order is their order.
//
//	m  tick index               → message
//	t                           → newest committed tick
//	c  len log  tick            → messages of log up to tick, since the row before
//	e  user NUL tick            → inboxed messages of user up to tick, likewise
//	d  day bucket tick          → keys sent on day, with the ids of their messages
//	f  user NUL log             → empty: log is a private or system one of user
//	g                           → tick up to which c, d, e and f are written
//	l  tick index               → empty: the message was replaced by one with other
//	                              traits before its row of c was there to change
//	k  group NUL channel        → empty: the group has a log for channel
//	o  group                    → group
//	p  group NUL user           → tick of the join, for present members
//	s  user NUL group NUL tick  → tick of the leave (0 while a member); tick is the join
//	b  user NUL other           → empty: user refuses other
//	r  user NUL log             → tick read through
//	h  room                     → chatroom
//	u  user                     → user
//	n  space len owner key      → tick and value of an entry
//
// Ids hold no NUL, so a NUL ends one without ambiguity and keeps byte order.
// A log does hold NULs, so where a tick follows it its length goes first.
//
// # Messages and their indexes
//
// A commit writes its messages one after the other, as they come. No later key
// falls between them, so they are found their place in the memtable at once
// and compaction moves their files down the tree without rewriting them.
//
// The indexes c, d, e and f are scattered, and what they say is in the messages.
// So a commit does not write them: the newest messages are indexed in memory
// (recent), and each time there are enough of them a table of their index is
// made in the background and handed to Pebble as a whole (indexer). Open
// indexes anew the messages after g, and corrects the rows that l names. Thus
// an index costs no write of its own in a commit, and has one row where there
// would be one for each message. A reader takes the ticks up to g from disk and
// the later ones from memory.
//
// # What readers see
//
// Pebble shows a batch to readers before it is on disk. So a reader never
// reads the database itself: it reads the view that Commit made after the last
// fsync that succeeded, a snapshot and the ticks up to which snapshot and
// memory count. Last, every index and every changing record come from that one
// view.
package embedded
