package embedded

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hongyan-im/hongyan/chat"
)

// indexer brings what is indexed in memory to disk.
type indexer struct {
	db      *pebble.DB
	options *pebble.Options
	path    string // of a table that is being made
	every   int    // messages that make a table
	done    chan error
	listed  listedLogs // only write uses it

	// Only Commit uses the following.
	indexed chat.Tick       // the indexes on disk count up to this tick
	active  *recent         // takes what is committed
	frozen  *recent         // what is being written, or nil; it comes before active
	late    []*chat.Message // of frozen, which got other traits since that began
}

func (x *indexer) init(db *pebble.DB, o *pebble.Options, path string, every int) {
	*x = indexer{db: db, options: o, path: path, every: every, done: make(chan error, 1), active: newRecent(0)}
}

// load indexes in memory the messages of snap after tick indexed.
func (x *indexer) load(snap *pebble.Snapshot, indexed chat.Tick, sent *sentFilter) error {
	x.indexed = indexed
	from, to := messageKey(chat.ID{Tick: indexed + 1}), messageKey(chat.ID{Tick: chat.MaxTick + 1})
	return scan(context.Background(), snap, from, to, func(key, record []byte) (bool, error) {
		m, err := decodeMessage(messageID(key), record)
		if err != nil {
			return false, err
		}
		x.active.add([]*chat.Message{m})
		sent.add(m.ID.Tick, []*chat.Message{m})
		return true, nil
	})
}

// recent lists what is indexed in memory, oldest first.
func (x *indexer) recent() []*recent {
	if x.frozen == nil {
		return []*recent{x.active}
	}
	return []*recent{x.frozen, x.active}
}

// collect ends the writing of a table if it is finished, and returns the
// messages whose traits must then be corrected on disk. It waits for the table
// when four more have piled up behind it.
func (x *indexer) collect() (late []*chat.Message, err error) {
	if x.frozen == nil {
		return nil, nil
	}
	select {
	case err = <-x.done:
	default:
		if x.active.messages < 4*x.every {
			return nil, nil
		}
		err = <-x.done
	}
	written := x.frozen
	late, x.frozen, x.late = x.late, nil, nil
	if err == nil {
		x.indexed = written.through
	}
	return late, err
}

// freeze begins to write what is in memory when that is enough for a table.
func (x *indexer) freeze() {
	if x.frozen != nil || x.active.messages < x.every {
		return
	}
	x.frozen, x.active = x.active, newRecent(x.every)
	go func(r *recent) { x.done <- x.write(r) }(x.frozen)
}

// change notes that m, which is not indexed on disk for readers yet, has other
// traits in every view of tick from or later.
func (x *indexer) change(m *chat.Message, from chat.Tick) {
	r := x.active
	if x.frozen != nil && m.ID.Tick <= x.frozen.through {
		r = x.frozen
		x.late = append(x.late, m)
	}
	r.change(m, from)
}

// close waits until nothing is being written.
func (x *indexer) close() {
	if x.frozen != nil {
		if err := <-x.done; err != nil {
			// The messages are indexed anew at the next start.
			x.options.Logger.Errorf("the last index table was not written: %v", err)
		}
	}
}

// write makes a table of r and hands it to Pebble.
func (x *indexer) write(r *recent) error {
	file, err := x.options.FS.Create(x.path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(file), x.options.MakeWriterOptions(0, x.db.TableFormat()))
	t := table{w: w, r: r, listed: &x.listed}
	if err := errors.Join(t.fill(), w.Close()); err != nil {
		return err
	}
	// The table has the new g as well, so its rows and that they count become
	// true in the same moment.
	return x.db.Ingest(context.Background(), []string{x.path})
}

// table writes the rows of r in the order of their keys. Nothing is added to r
// any more; it only may get retraits, which are late and come another way.
type table struct {
	w          *sstable.Writer
	r          *recent
	listed     *listedLogs
	key, value []byte
}

func (t *table) fill() error {
	for _, part := range []func() error{t.logs, t.sent, t.inboxes, t.logsOf} {
		if err := part(); err != nil {
			return err
		}
	}
	return t.w.Set(indexedKey, appendTick(nil, t.r.through))
}

// rowEntries is how many entries make a row full. It is a compromise between
// rows that compaction must move and entries read in vain.
const rowEntries = 64

func (t *table) logs() error {
	for _, log := range slices.SortedFunc(maps.Keys(t.r.logs), compareLogs) {
		prefix := appendLogPrefix(t.key[:0], log)
		entries, changed := t.r.log(log)
		err := t.rows(prefix, len(entries), func(i int) chat.Tick { return entries[i].tick() }, func(dst []byte, i int) []byte {
			return appendLogEntry(dst, entries[i].in(chat.MaxTick, changed), entries[i].sender.user)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compareLogs orders logs as their keys are.
func compareLogs(a, b chat.Log) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func (t *table) inboxes() error {
	for _, user := range slices.Sorted(maps.Keys(t.r.inboxes)) {
		prefix := appendInboxPrefix(t.key[:0], user)
		entries := t.r.inboxes[user].entries
		err := t.rows(prefix, len(entries), func(i int) chat.Tick { return entries[i].tick() }, func(dst []byte, i int) []byte {
			return appendInboxEntry(dst, entries[i].entry())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// logsOf names the private and system logs of each user, but for those that an
// earlier table named.
func (t *table) logsOf() error {
	var keys [][]byte
	for log := range t.r.logs {
		if !log.Type().TwoSided() || t.listed.note(log) {
			continue
		}
		one := log.Conversation("").Target
		other := log.Conversation(chat.UserID(one)).Target
		keys = append(keys, pairKey(tableLogs, one, log))
		if other != one {
			keys = append(keys, pairKey(tableLogs, other, log))
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	for _, key := range keys {
		if err := t.w.Set(key, nil); err != nil {
			return err
		}
	}
	return nil
}

// rows writes n entries as rows that split no tick, or two rows had one key.
func (t *table) rows(prefix []byte, n int, tick func(int) chat.Tick, appendEntry func([]byte, int) []byte) error {
	for from := 0; from < n; {
		to := min(from+rowEntries, n)
		for to < n && tick(to) == tick(to-1) {
			to++
		}
		last := tick(from)
		t.value = binary.AppendUvarint(t.value[:0], uint64(tick(to-1)-last))
		for i := from; i < to; i++ {
			t.value = binary.AppendUvarint(t.value, uint64(tick(i)-last))
			t.value = appendEntry(t.value, i)
			last = tick(i)
		}
		t.key = appendTick(prefix, last)
		if err := t.w.Set(t.key, t.value); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// sent writes the keys of each day in buckets.
func (t *table) sent() error {
	type send struct {
		day    uint32
		bucket uint16
		key    chat.SendKey
		id     chat.ID
	}
	all := make([]send, 0, len(t.r.sent))
	for key, p := range t.r.sent {
		id := p.entry().id
		all = append(all, send{day: day(id.Tick), bucket: bucketOf(key), key: key, id: id})
	}
	slices.SortFunc(all, func(a, b send) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.bucket, b.bucket))
	})
	for len(all) > 0 {
		first := all[0]
		t.value = t.value[:0]
		for ; len(all) > 0 && all[0].day == first.day && all[0].bucket == first.bucket; all = all[1:] {
			t.value = appendSent(t.value, all[0].key, all[0].id)
		}
		t.key = appendTick(appendSentPrefix(t.key[:0], first.day, first.bucket), t.r.through)
		if err := t.w.Set(t.key, t.value); err != nil {
			return err
		}
	}
	return nil
}
