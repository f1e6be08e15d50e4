// Package media is files: tickets to upload them, where they are, how they are
// served.
//
// A client asks for a ticket, uploads with it over HTTP, asks for the URL of
// the file, and sends that URL in a message. The bytes are in Blobs, a
// directory or a bucket; what is known of a file is an entry of the store. A
// file is there for others only when both are durable.
//
// # Ids
//
// A client makes up the key of its file, so a key names nothing by itself: the
// id of a file is a keyed hash of its user and key, 160 bits that nobody can
// guess. Who knows the id may read the file. Nobody can write the file of
// another user, whatever key they name.
//
// # Files that were never sent
//
// A file is unsent until a message holds its id, wherever in its content. The
// message and the note that the file was sent are one commit, so no message
// loses its file. What is unsent for too long is deleted.
//
// # Concurrency
//
// Everything here may be called from any goroutine.
package media

import (
	"context"
	"errors"
	"io"
	"time"
)

// Name is where a file is kept. The id is made of a-z 0-9 and ~, the key is
// the client's and must not be trusted: a driver may use it as a last part of
// a name that the id made unique, or not at all.
type Name struct{ ID, Key string }

// Stat is what storage knows of a file.
type Stat struct {
	Size        int64
	Type        string // as its uploader said
	Disposition string // as its uploader said
}

// Part is one part of an upload in parts.
type Part struct {
	Number int
	ETag   string // without quotes
	Size   int64
}

// MaxParts is how many parts an upload may have, and the largest number of one.
const MaxParts = 10_000

// ErrNotFound is returned when there is no such file or no such upload.
var ErrNotFound = errors.New("no such file")

// ErrPart is returned by Complete when a part is missing or not the one named.
var ErrPart = errors.New("a part is missing or has another ETag")

// Blobs is what we ask of storage: blobtest is this contract as tests, disk and
// s3 fulfil it. Nothing keeps a whole file in memory.
type Blobs interface {
	// Put stores what r has, in the place of what was there, and returns its
	// size once it is durable. Nobody sees a part of it; after an error there
	// is what was there before.
	Put(ctx context.Context, n Name, r io.Reader) (size int64, err error)

	// Open reads a file, or returns ErrNotFound.
	Open(ctx context.Context, n Name) (io.ReadSeekCloser, error)

	// Delete ends a file; one that does not exist is left alone.
	Delete(ctx context.Context, n Name) error

	// Begin starts an upload in parts, and returns what names it: at most 256
	// characters.
	Begin(ctx context.Context, n Name) (upload string, err error)

	// PutPart stores a part once it is durable, in the place of an earlier one
	// of the same number. size is that of r. It returns ErrNotFound when there
	// is no such upload.
	PutPart(ctx context.Context, n Name, upload string, number int, r io.Reader, size int64) (Part, error)

	// Parts are the durable parts of an upload, by their number, or ErrNotFound.
	Parts(ctx context.Context, n Name, upload string) ([]Part, error)

	// Complete makes the file out of parts, by number and ETag, and ends the
	// upload. It returns ErrNotFound or ErrPart.
	Complete(ctx context.Context, n Name, upload string, parts []Part) (size int64, err error)

	// Abort ends an upload; one that does not exist is left alone.
	Abort(ctx context.Context, n Name, upload string) error

	// Sweep ends the uploads that got nothing since before.
	Sweep(ctx context.Context, before time.Time) error
}

// Direct is storage that clients talk to themselves, with a signature of ours.
type Direct interface {
	Blobs

	// Target is where browsers reach the storage, a URL without a path.
	Target() string

	// Sign signs one request to Target for the file: what a client of the
	// minio kind puts into its headers. The path of the request is bucket, "/"
	// and the key.
	Sign(n Name, method, query string) Signature

	// Stat returns what is known of a file, or ErrNotFound.
	Stat(ctx context.Context, n Name) (Stat, error)

	// Link is a URL that reads the file for a while, answered with this type
	// and disposition.
	Link(ctx context.Context, n Name, life time.Duration, contentType, disposition string) (string, error)
}

// Signature is a signed request.
type Signature struct{ Bucket, Authorization, SHA256, Date string }
