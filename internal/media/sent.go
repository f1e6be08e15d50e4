package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hongyan-im/hongyan/internal/store"
)

// maxMarked bounds how many files a message can mark as sent.
const maxMarked = 100

// Sent returns the changes that note that a message with this content names
// files, for the commit of the message. Mostly there are none, and then it
// costs one search for one byte.
func Sent(content []byte) (changes []store.Change) {
	for len(changes) < maxMarked {
		mark := bytes.IndexByte(content, idMark[0])
		if mark < 0 {
			return changes
		}
		start := mark - (len(idPrefix) - len(idMark))
		if end := start + idLength; start >= 0 && end <= len(content) && isID(string(content[start:end])) {
			changes = append(changes, store.EntryDeleted{Space: store.Files, Owner: ownerUnsent, Key: string(content[start:end])})
		}
		content = content[mark+1:]
	}
	return changes
}

// Run deletes what was never sent, until ctx ends.
func (f *Files) Run(ctx context.Context) error {
	every := time.NewTicker(max(f.cfg.Limits.UnsentLife/24, time.Second))
	defer every.Stop()
	for {
		if err := f.Sweep(ctx); err != nil && ctx.Err() == nil {
			f.cfg.Log.Error("files that were never sent cannot be deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-every.C:
		}
	}
}

// Sweep deletes files that are unsent for too long, and ends uploads that got
// nothing for as long.
func (f *Files) Sweep(ctx context.Context) error {
	before := f.cfg.Now().Add(-f.cfg.Limits.UnsentLife)
	f.forgetChunked(before)
	const page = 500
	q := store.EntryRange{Space: store.Files, Owner: ownerUnsent, Limit: page}
	for {
		list, err := f.cfg.Entries.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := f.expire(ctx, e, before); err != nil {
				return err
			}
			q.After = e.Key
		}
		if len(list) < page {
			return f.cfg.Blobs.Sweep(ctx, before)
		}
	}
}

// expire deletes the file of an entry of ownerUnsent, if it is older.
func (f *Files) expire(ctx context.Context, e store.Entry, before time.Time) error {
	if !older(e, before) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// It may have been sent or replaced meanwhile.
	e, err := f.cfg.Entries.Entry(ctx, store.Files, ownerUnsent, e.Key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || !older(e, before) {
		return err
	}
	var note unsent
	if err := json.Unmarshal(e.Value, &note); err != nil {
		return err
	}
	var size int64
	switch known, err := f.file(ctx, e.Key); {
	case err == nil:
		size = known.Size
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if err := f.remove(ctx, e.Key, note.Key, size); err != nil {
		return err
	}
	f.metrics.unsent.Inc()
	return nil
}

func older(e store.Entry, before time.Time) bool {
	var note unsent
	return json.Unmarshal(e.Value, &note) == nil && note.Since < before.UnixMilli()
}
