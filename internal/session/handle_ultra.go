package session

// What a client asks and tells about ultra groups.
var (
	ultraQueries   = handlers{}
	ultraPublishes = handlers{}
)
