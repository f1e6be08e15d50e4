package imlib

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var alice = owner{App: "app", User: "alice"}

func mustOpenJournal(t *testing.T, path string) (*journal, []entry) {
	t.Helper()
	j, waiting, torn, err := openJournal(path, alice)
	if err != nil || torn != 0 {
		t.Fatalf("opened with %d torn bytes, %v", torn, err)
	}
	t.Cleanup(func() { _ = j.close() })
	return j, waiting
}

func commit(t *testing.T, j *journal, add []entry, done ...uint64) {
	t.Helper()
	if err := j.commit(add, done); err != nil {
		t.Fatal(err)
	}
}

func numbered(seqs ...uint64) (list []entry) {
	for _, seq := range seqs {
		list = append(list, entry{Seq: seq, Topic: "t", Target: "bob", Payload: fmt.Appendf(nil, "message %d", seq)})
	}
	return list
}

func seqs(list []entry) (all []uint64) {
	for _, e := range list {
		if want := fmt.Sprintf("message %d", e.Seq); string(e.Payload) != want {
			return nil
		}
		all = append(all, e.Seq)
	}
	return all
}

func TestJournalKeepsWhatIsNotDone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	j, waiting := mustOpenJournal(t, path)
	if len(waiting) != 0 {
		t.Errorf("a new outbox has %v", waiting)
	}
	commit(t, j, numbered(1, 2, 3))
	commit(t, j, numbered(4), 2)
	// No close: the process was killed.
	j, waiting = mustOpenJournal(t, path)
	if got := seqs(waiting); !slices.Equal(got, []uint64{1, 3, 4}) {
		t.Errorf("kept %v", got)
	}
	commit(t, j, nil, 1, 3, 4)
	if _, waiting = mustOpenJournal(t, path); len(waiting) != 0 {
		t.Errorf("kept %v", waiting)
	}
}

func TestJournalStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	j, _ := mustOpenJournal(t, path)
	large := entry{Payload: make([]byte, 20_000)}
	for seq := range uint64(200) {
		large.Seq = seq
		commit(t, j, []entry{large})
		if seq >= 3 {
			commit(t, j, nil, seq-3)
		}
		if info, err := os.Stat(path); err != nil || info.Size() > compactBytes+60_000 {
			t.Fatalf("after %d messages the file is %v, %v", seq, info, err)
		}
	}
	if _, waiting := mustOpenJournal(t, path); len(waiting) != 3 || waiting[0].Seq != 197 {
		t.Errorf("kept %d", len(waiting))
	}
}

func TestJournalWritesTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	j, _ := mustOpenJournal(t, path)
	var all sync.WaitGroup
	for seq := range uint64(100) {
		all.Go(func() {
			if err := j.commit(numbered(seq+1), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, waiting := mustOpenJournal(t, path); len(seqs(waiting)) != 100 {
		t.Errorf("kept %d", len(waiting))
	}
}

// A write that fails takes nothing, and the next one begins with a file that
// is known to be whole.
func TestJournalAfterAFailedWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	j, _ := mustOpenJournal(t, path)
	commit(t, j, numbered(1, 2))
	_ = j.file.Close()
	if err := j.commit(numbered(3), []uint64{1}); err == nil {
		t.Fatal("wrote to a closed file")
	}
	commit(t, j, numbered(4))
	if _, waiting := mustOpenJournal(t, path); !slices.Equal(seqs(waiting), []uint64{2, 4}) {
		t.Errorf("kept %v", seqs(waiting))
	}
}

// exampleJournal is a file of three writes, and what is kept after each.
func exampleJournal(t *testing.T) (text []byte, ends []int, kept [][]uint64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "outbox")
	j, _ := mustOpenJournal(t, path)
	note := func(want ...uint64) {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		ends, kept = append(ends, len(text)), append(kept, want)
	}
	note()
	commit(t, j, numbered(1, 2))
	note(1, 2)
	commit(t, j, numbered(3), 1)
	note(2, 3)
	return text, ends, kept
}

func readSeqs(text []byte) (got []uint64, torn int64, err error) {
	live, torn, err := readJournal(bytes.NewReader(text), alice)
	return slices.Sorted(maps.Keys(live)), torn, err
}

// Wherever a crash ends the file, what was written before it is there.
func TestJournalTornAnywhere(t *testing.T) {
	text, ends, kept := exampleJournal(t)
	for at := ends[0]; at <= len(text); at++ {
		whole := 0
		for whole+1 < len(ends) && ends[whole+1] <= at {
			whole++
		}
		want := [][]uint64{kept[whole]}
		if whole+1 < len(ends) && at == ends[whole+1]-1 {
			want = append(want, kept[whole+1]) // only its newline is missing
		}
		for _, tail := range []string{"", strings.Repeat("\x00", 700)} {
			got, _, err := readSeqs(append(bytes.Clone(text[:at]), tail...))
			if err != nil || !slices.ContainsFunc(want, func(w []uint64) bool { return slices.Equal(got, w) }) {
				t.Errorf("cut at %d with %d zeros: %v, %v, want %v", at, len(tail), got, err, want)
			}
		}
	}
}

// Whichever byte is damaged, that is told, or does no harm.
func TestJournalDamagedAnywhere(t *testing.T) {
	text, _, kept := exampleJournal(t)
	for at := range text {
		for _, flip := range []byte{1, 0x20, 0x80, 0xff, text[at], text[at] ^ '\n'} {
			if flip == 0 {
				continue
			}
			damaged := bytes.Clone(text)
			damaged[at] ^= flip
			got, torn, err := readSeqs(damaged)
			if err == nil && (torn > 0 || !slices.Equal(got, kept[2])) {
				t.Errorf("byte %d %q became %q: %v, %d torn bytes", at, text[at], damaged[at], got, torn)
			}
		}
	}
}

func TestJournalRefuses(t *testing.T) {
	line := func(r record) string {
		b, err := r.encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, c := range map[string]struct{ text, want string }{
		"damage":       {line(record{Format: 1, Owner: &alice}) + "00000000 {}\n", "the checksum does not fit; nothing was changed"},
		"other user":   {line(record{Format: 1, Owner: &owner{"app", "bob"}}), "messages of bob in app app, not of alice"},
		"other app":    {line(record{Format: 1, Owner: &owner{"shop", "alice"}}), "of alice in app shop, not"},
		"other format": {line(record{Format: 2, Owner: &alice}), "its format is 2, and this program knows 1"},
		"another file": {line(record{Done: []uint64{1}}), "this is no outbox"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "outbox")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, _, err := openJournal(path, alice)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error is %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != c.text {
				t.Errorf("the file is now %q, %v", after, err)
			}
		})
	}
}

func TestJournalIsClosed(t *testing.T) {
	j, _ := mustOpenJournal(t, filepath.Join(t.TempDir(), "outbox"))
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	if err := j.commit(numbered(1), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("wrote to a closed journal: %v", err)
	}
}

// What is read of any file is what a file that is written of it says.
func FuzzJournal(f *testing.F) {
	first, _ := (&record{Format: 1, Owner: &alice}).encode()
	second, _ := (&record{Add: numbered(1, 2), Done: []uint64{2}}).encode()
	f.Add([]byte{})
	f.Add(append(first, second...))
	f.Add(append(first, second[:20]...))
	f.Fuzz(func(t *testing.T, text []byte) {
		live, torn, err := readJournal(bytes.NewReader(text), alice)
		if err != nil {
			return
		}
		if torn > int64(len(text)) {
			t.Errorf("%d of %d bytes are torn", torn, len(text))
		}
		j := journal{owner: alice, live: live}
		var written bytes.Buffer
		for _, r := range j.records() {
			line, err := r.encode()
			if err != nil {
				t.Fatal(err)
			}
			written.Write(line)
		}
		again, torn, err := readJournal(&written, alice)
		same := maps.EqualFunc(again, live, func(a, b entry) bool {
			x, _ := (&record{Add: []entry{a}}).encode()
			y, _ := (&record{Add: []entry{b}}).encode()
			return bytes.Equal(x, y)
		})
		if err != nil || torn != 0 || !same {
			t.Errorf("%v became %v, %d, %v", live, again, torn, err)
		}
	})
}
