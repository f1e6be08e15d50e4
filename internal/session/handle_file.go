package session

// What a client asks about files.
var fileQueries = handlers{}
