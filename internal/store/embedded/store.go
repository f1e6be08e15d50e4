package embedded

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

const (
	defaultWindow = 7 * 24 * time.Hour
	slowDisk      = 5 * time.Second // an operation that takes longer is logged
)

// Options say how a store is opened. The zero value is a good default.
type Options struct {
	store.Options

	// CacheBytes is the memory for blocks read from disk. 0 means 64 MiB.
	CacheBytes int64

	// FilterBytes is the most memory for the filter that lets Sent answer
	// without a read when a key is new; a message takes about 2 bytes of it
	// for as long as DedupeWindow. Past it, the keys of a day cost a read.
	// 0 means 128 MiB.
	FilterBytes int64

	// IndexEvery is after how many messages their index goes from memory to
	// disk. A larger one costs memory, some 150 bytes a message and twice
	// that while it is written, and time to open; a smaller one makes indexes
	// that cost more to read and to keep. 0 means 65,536.
	IndexEvery int

	// FS is where the files are. Nil means the file system of the machine.
	FS vfs.FS

	// Logger hears what goes wrong, and at debug level what Pebble does. Nil
	// means slog.Default().
	Logger *slog.Logger

	// OnCommit, when not nil, is called by Commit with the figures of each
	// batch it made durable, before Commit returns. It must not commit or close.
	OnCommit func(CommitStats)
}

// CommitStats are the figures of one commit.
type CommitStats struct {
	Messages int
	Changes  int
	Bytes    int           // of the write-ahead log
	Build    time.Duration // encoding the batch
	Apply    time.Duration // putting it into the log's buffer and the memtable
	Sync     time.Duration // from then until it was on disk
}

// Store is a store.Store in one directory. One process at a time may have it open.
type Store struct {
	db      *pebble.DB
	watch   io.Closer // of the file system, nil when that is not ours
	options Options
	sent    *sentFilter
	newest  newestTicks

	// commitMu serializes Commit and Close, and guards the following.
	commitMu sync.Mutex
	failed   error // why no Commit can succeed any more
	batch    batchBuilder
	indexer  indexer

	mu      sync.Mutex // guards the following
	current *view      // nil once closed
	readers sync.WaitGroup
}

var _ store.Store = (*Store)(nil)

// Open opens the store in dir, which it makes when it does not exist.
func Open(dir string, o Options) (*Store, error) {
	o = o.withDefaults()
	var watch io.Closer
	if o.FS == nil {
		o.FS, watch = vfs.WithDiskHealthChecks(vfs.Default, slowDisk, nil, func(i vfs.DiskSlowInfo) {
			o.Logger.Warn("store: slow disk", "file", i.Path, "operation", i.OpType.String(), "took", i.Duration)
		})
	}
	p := pebbleOptions(o)
	db, err := pebble.Open(dir, p)
	if err != nil {
		return nil, unavailable("opening the store in "+dir, errors.Join(err, closeWatch(watch)))
	}
	s := &Store{db: db, options: o, watch: watch}
	s.batch.init(db)
	s.indexer.init(db, p, p.FS.PathJoin(dir, "index.new"), o.IndexEvery)
	if err := s.load(); err != nil {
		return nil, unavailable("reading the store in "+dir, errors.Join(err, s.Close()))
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	o.DedupeWindow = cmp.Or(o.DedupeWindow, defaultWindow)
	o.OfflineWindow = cmp.Or(o.OfflineWindow, defaultWindow)
	o.CacheBytes = cmp.Or(o.CacheBytes, 64<<20)
	o.FilterBytes = cmp.Or(o.FilterBytes, 128<<20)
	o.IndexEvery = cmp.Or(o.IndexEvery, 64<<10)
	o.Logger = cmp.Or(o.Logger, slog.Default())
	return o
}

// load makes the first view, and in memory what is not on disk.
func (s *Store) load() error {
	if err := s.correctLate(); err != nil {
		return err
	}
	snap := s.db.NewSnapshot()
	s.current = &view{snap: snap, uses: 1}
	last, err := readTick(snap, lastKey)
	if err != nil {
		return err
	}
	indexed, err := readTick(snap, indexedKey)
	if err != nil {
		return err
	}
	from, through := s.liveDays(last)
	s.sent = openSentFilter(s.db.NewSnapshot(), from, through, s.options)
	if err := s.indexer.load(snap, indexed, s.sent); err != nil {
		return err
	}
	s.current.last, s.current.indexed, s.current.recent = last, indexed, s.indexer.recent()
	return nil
}

func pebbleOptions(o Options) *pebble.Options {
	p := &pebble.Options{
		FS:                 o.FS,
		FormatMajorVersion: pebble.FormatNewest,
		Logger:             pebbleLogger{o.Logger},
		CacheSize:          o.CacheBytes,

		// Messages come in order, so a larger memtable would spare no work.
		MemTableSize:                32 << 20,
		MemTableStopWritesThreshold: 4,

		// Compaction may lag behind a burst; a slow read is better than a
		// commit that waits for it.
		L0CompactionThreshold: 4,
		L0StopWritesThreshold: 64,
		// Two cores: a second compaction only when the first falls behind.
		CompactionConcurrencyRange: func() (int, int) { return 1, 2 },
	}
	// Messages get files of their own, which overlap with no other and so are
	// moved down the tree and not rewritten.
	messages := pebble.KeyRange{Start: []byte{tableMessage}, End: []byte{tableMessage + 1}}
	p.Experimental.SpanPolicyFunc = pebble.MakeStaticSpanPolicyFunc(bytes.Compare, messages, pebble.SpanPolicy{})
	p.TargetFileSizes[0] = 8 << 20
	for i := range p.Levels {
		p.Levels[i].BlockSize = 16 << 10 // small messages compress better together
		p.Levels[i].IndexBlockSize = 64 << 10
		p.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	p.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionFastest })
	p.Levels[0].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression } // soon rewritten
	p.Experimental.ReadSamplingMultiplier = -1                                                    // reads never cause compactions
	p.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { o.Logger.Error("store: background work failed", "err", err) },
		WriteStallBegin: func(i pebble.WriteStallBeginInfo) { o.Logger.Warn("store: commits wait", "why", i.Reason) },
		WriteStallEnd:   func() { o.Logger.Warn("store: commits go on") },
	}
	p.EnsureDefaults()
	return p
}

// pebbleLogger passes what Pebble says to slog.
type pebbleLogger struct{ to *slog.Logger }

func (l pebbleLogger) Infof(format string, args ...any) {
	if l.to.Enabled(context.Background(), slog.LevelDebug) {
		l.to.Debug("store: " + fmt.Sprintf(format, args...))
	}
}

func (l pebbleLogger) Errorf(format string, args ...any) {
	l.to.Error("store: " + fmt.Sprintf(format, args...))
}

// Fatalf must not return: Pebble calls it when it cannot know any more what is
// on disk. Only a new start can read that.
func (l pebbleLogger) Fatalf(format string, args ...any) {
	text := "store: " + fmt.Sprintf(format, args...)
	l.to.Error(text)
	panic(text)
}

// Close waits for the reads and the commit that are under way, then closes
// the files. Everything after it fails.
func (s *Store) Close() error {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	s.mu.Lock()
	last := s.current
	s.current = nil
	s.mu.Unlock()
	if last == nil {
		return nil
	}
	s.failed = errClosed
	s.readers.Wait()
	s.indexer.close()
	if s.sent != nil {
		s.sent.close()
	}
	s.batch.close()
	if err := errors.Join(last.snap.Close(), s.db.Close(), closeWatch(s.watch)); err != nil {
		return unavailable("closing the store", err)
	}
	return nil
}

// closeWatch ends the watch over a file system, if there is one.
func closeWatch(watch io.Closer) error {
	if watch == nil {
		return nil
	}
	return watch.Close()
}

var errClosed = errors.New("the store is closed")

// unavailable is the error of a driver that did not do what was asked.
func unavailable(doing string, err error) error {
	return &chat.Error{Code: chat.StoreUnavailable, Reason: doing, Err: err}
}

// liveDays is the range of days whose keys Sent still finds when last is the
// newest tick.
func (s *Store) liveDays(last chat.Tick) (from, through uint32) {
	oldest := last - chat.Tick(s.options.DedupeWindow.Milliseconds())
	return day(max(oldest, 0)), day(last)
}
