// Package terminal is a chat in a terminal: a list of conversations, one that
// is open, and a line to write in.
//
// The model is a value of the program's state: Update changes it by what
// happened and says what to do, View says how it looks. Neither does I/O; what
// is to be done are functions that Run has run, whose results come back to
// Update.
package terminal
