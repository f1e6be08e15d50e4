package session

// What a client asks and tells about read receipts.
var (
	receiptQueries   = handlers{}
	receiptPublishes = handlers{}
)
