package imlib

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
)

// journal is the file in which messages wait for the server. It is appended to
// and, when most of it is of no use any more, replaced as a whole.
//
// A record is a line: the CRC-32C of the JSON as 8 hexadecimal digits, a space,
// the JSON, and a newline. The first record names the format and whose
// messages these are. Every write is one record and is on disk before the next
// one begins, so a write that a crash tore is at the end of the file and has no
// newline, or only zeros where the disk did not get to. Anything else that does
// not fit is damage, and is told and left alone: it may hide messages.
type journal struct {
	path string

	mu   sync.Mutex // guards the following
	next *batch     // what the next write will hold

	writing sync.Mutex // held while writing; guards the following
	file    *os.File
	owner   owner
	live    map[uint64]entry // what is in the file and not done
	bytes   int64            // of the file
	bytesIn int64            // of the records of live, about
	broken  bool             // the end of the file is not known; replace it
	closed  bool
}

// owner is whose messages a journal has.
type owner struct {
	App  string      `json:"app"`
	User chat.UserID `json:"user"`
}

// entry is a message in a journal.
type entry struct {
	Seq     uint64 `json:"seq"`   // its place in the order
	Since   int64  `json:"since"` // when it was taken, in milliseconds
	Until   int64  `json:"until"` // when it is given up
	Topic   string `json:"topic"`
	Type    int    `json:"type"` // of the conversation
	Target  string `json:"target"`
	Channel string `json:"channel,omitempty"`
	Payload []byte `json:"payload"` // an UpMessage
}

// record is what a line says.
type record struct {
	Format int      `json:"hongyanOutbox,omitempty"` // of the first line
	Owner  *owner   `json:"owner,omitempty"`
	Add    []entry  `json:"add,omitempty"`
	Done   []uint64 `json:"done,omitempty"`
}

// batch is a record on its way to the disk.
type batch struct {
	record
	written bool
	err     error
}

const (
	journalFormat = 1
	// compactBytes is the size below which a file is not worth replacing.
	compactBytes = 256 << 10
	entryBytes   = 256 // of a record, beside its payload; about
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	// errTorn is a record that was not written to its end.
	errTorn = errors.New("the record is not whole")
)

// openJournal opens the file at path, or makes it, and returns what was not
// done, in order. torn is how many bytes of a write were cut off that a crash
// had not let finish.
func openJournal(path string, who owner) (j *journal, waiting []entry, torn int64, err error) {
	j = &journal{path: path, owner: who, live: map[uint64]entry{}, next: new(batch)}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, nil, 0, err
	default:
		j.live, torn, err = readJournal(f, who)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, nil, 0, fmt.Errorf("the outbox %s: %w", path, err)
		}
	}
	for _, e := range j.live {
		j.bytesIn += e.size()
	}
	if err := j.replace(); err != nil {
		return nil, nil, 0, fmt.Errorf("the outbox %s: %w", path, err)
	}
	return j, j.ordered(), torn, nil
}

func (e *entry) size() int64 { return entryBytes + int64(len(e.Payload))*4/3 }

func (j *journal) ordered() []entry {
	return slices.SortedFunc(maps.Values(j.live), func(a, b entry) int { return cmp.Compare(a.Seq, b.Seq) })
}

// commit writes that messages were taken or are done, and returns when that is
// on disk. What several goroutines commit meanwhile is written at once.
func (j *journal) commit(add []entry, done []uint64) error {
	j.mu.Lock()
	b := j.next
	b.Add, b.Done = append(b.Add, add...), append(b.Done, done...)
	j.mu.Unlock()
	j.writing.Lock()
	defer j.writing.Unlock()
	if !b.written {
		j.mu.Lock()
		j.next = new(batch)
		j.mu.Unlock()
		b.written, b.err = true, j.write(b)
	}
	return b.err
}

// write brings b to disk. If that fails, nothing of it was taken; but what is
// done stays done, and the next write says so.
func (j *journal) write(b *batch) error {
	if j.closed {
		return ErrClosed
	}
	for _, seq := range b.Done {
		if e, ok := j.live[seq]; ok {
			j.bytesIn -= e.size()
			delete(j.live, seq)
		}
	}
	for _, e := range b.Add {
		j.live[e.Seq] = e
		j.bytesIn += e.size()
	}
	var err error
	if j.broken || j.bytes > compactBytes && j.bytes > 2*j.bytesIn {
		err = j.replace()
	} else {
		err = j.append(b.record)
	}
	if err != nil {
		for _, e := range b.Add {
			j.bytesIn -= e.size()
			delete(j.live, e.Seq)
		}
	}
	return err
}

func (j *journal) append(r record) error {
	line, err := r.encode()
	if err != nil {
		return err
	}
	n, err := j.file.Write(line)
	j.bytes += int64(n)
	if err == nil {
		err = j.file.Sync()
	}
	j.broken = err != nil
	return err
}

// replace makes the file anew with what is live.
func (j *journal) replace() error {
	j.broken = true
	var text bytes.Buffer
	for _, r := range j.records() {
		line, err := r.encode()
		if err != nil {
			return err
		}
		text.Write(line)
	}
	if j.file != nil {
		_ = j.file.Close() // all it holds is in the new one
		j.file = nil
	}
	if err := replaceFile(j.path, text.Bytes()); err != nil {
		return err
	}
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	j.file, j.bytes, j.broken = f, int64(text.Len()), false
	return nil
}

func (j *journal) records() []record {
	list := []record{{Format: journalFormat, Owner: &j.owner}}
	for _, e := range j.ordered() {
		list = append(list, record{Add: []entry{e}})
	}
	return list
}

// close closes the file. Nothing is written any more.
func (j *journal) close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.closed = true
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

func (r *record) encode() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(text, castagnoli), text), nil
}

// decodeRecord reads a line, with its newline if it has one.
func decodeRecord(line []byte) (r record, err error) {
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	if !whole {
		text = line[:bytes.LastIndexByte(line, '}')+1] // all may be there but the newline
	}
	digits, text, _ := bytes.Cut(text, []byte(" "))
	sum, err := strconv.ParseUint(string(digits), 16, 32)
	switch {
	case len(digits) == 8 && err == nil && uint32(sum) == crc32.Checksum(text, castagnoli):
		err = json.Unmarshal(text, &r)
		return r, err
	case !whole:
		return r, errTorn
	}
	return r, errors.New("the checksum does not fit")
}

// readJournal returns what is not done in a file, and how many bytes at its
// end a crash left unfinished.
func readJournal(f io.Reader, who owner) (live map[uint64]entry, torn int64, err error) {
	live = map[uint64]entry{}
	in, at := bufio.NewReader(f), int64(0)
	for first := true; ; first = false {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, 0, err
		}
		if len(line) == 0 {
			return live, 0, nil
		}
		r, err := decodeRecord(line)
		if err == nil {
			err = r.check(first, who)
		}
		switch {
		case err == errTorn:
			return live, int64(len(line)), nil
		case err != nil:
			return nil, 0, fmt.Errorf("at byte %d: %w; nothing was changed: move the file away to begin without it", at, err)
		}
		for _, e := range r.Add {
			live[e.Seq] = e
		}
		for _, seq := range r.Done {
			delete(live, seq)
		}
		at += int64(len(line))
	}
}

// check looks whether a record is one that this program may read.
func (r *record) check(first bool, who owner) error {
	switch {
	case !first:
		return nil
	case r.Owner == nil:
		return errors.New("this is no outbox")
	case r.Format != journalFormat:
		return fmt.Errorf("its format is %d, and this program knows %d", r.Format, journalFormat)
	case *r.Owner != who:
		return fmt.Errorf("it has messages of %s in app %s, not of %s in app %s", r.Owner.User, r.Owner.App, who.User, who.App)
	}
	return nil
}
