package imlib

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// outcomes collects what OnOutcome is told.
type outcomes chan Outcome

// keeping makes a client that keeps its messages in dir.
func keeping(dir string, told outcomes) func(*Options) {
	return func(o *Options) {
		o.Dir = dir
		if told != nil {
			o.OnOutcome = func(out Outcome) { told <- out }
		}
	}
}

func post(t *testing.T, c *Client, to chat.Conversation, texts ...string) (ids []int64) {
	t.Helper()
	for _, text := range texts {
		id, err := c.Post(t.Context(), to, TextMessage{Content: text})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// stored are the texts that the server has of alice, in order.
func (s *fakeServer) stored() (texts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.log {
		if m := decodeMessage(d, "alice", nil); m.Own {
			texts = append(texts, m.Content.(TextMessage).Content)
		}
	}
	return texts
}

// What was taken is sent after a restart, once, in order, and told.
func TestOutboxOutlivesTheProcess(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir, told := t.TempDir(), make(outcomes, 10)
		c := s.mustConnect(keeping(dir, told))
		s.set(func() { s.ignore = true }) // from now on it takes messages and says nothing
		ids := post(t, c, Private("bob"), "1", "2", "3")
		synctest.Wait()
		c.Close()
		s.set(func() { s.ignore = false })

		c = s.mustConnect(keeping(dir, told))
		for i, want := range []string{"1", "2", "3"} {
			o := <-told
			if o.Err != nil || o.MessageID != ids[i] || o.Sent.MessageID != ids[i] || o.To != Private("bob") ||
				o.Content != (TextMessage{Content: want}) || o.Sent.UID == "" || o.Sent.Time.IsZero() || o.Since.IsZero() {
				t.Errorf("told %+v", o)
			}
		}
		synctest.Wait()
		if left := c.Unsent(); len(left) != 0 {
			t.Errorf("still unsent: %+v", left)
		}
		wantTexts(t, s.stored(), []string{"1", "2", "3"})
		nothing(t, c) // and none comes back as another device's
		c.Close()

		c = s.mustConnect(keeping(dir, told))
		defer c.Close()
		synctest.Wait()
		if len(told) > 0 || len(s.sends) != 4 || s.devices[0] != s.devices[2] {
			t.Errorf("told %d more, sent %d times, from devices %q", len(told), len(s.sends), s.devices)
		}
	})
}

func TestSendIsKept(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir, told := t.TempDir(), make(outcomes, 10)
		c := s.mustConnect(keeping(dir, told))
		sent, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "1"})
		if err != nil || sent.UID == "" {
			t.Errorf("sent %+v, %v", sent, err)
		}
		s.set(func() { s.silent, s.ignore = true, true })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		sent, err = c.Send(ctx, Private("bob"), TextMessage{Content: "2"})
		if !errors.Is(err, ErrKept) || !errors.Is(err, context.DeadlineExceeded) || sent.MessageID == 0 {
			t.Errorf("sent %+v, %v", sent, err)
		}
		if left := c.Unsent(); len(left) != 1 || left[0].MessageID != sent.MessageID || left[0].Content != (TextMessage{Content: "2"}) {
			t.Errorf("unsent %+v", left)
		}
		closed := make(chan error)
		go func() {
			_, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "3"})
			closed <- err
		}()
		synctest.Wait()
		c.Close()
		if err := <-closed; !errors.Is(err, ErrKept) || !errors.Is(err, ErrClosed) {
			t.Errorf("sent with %v", err)
		}
		s.set(func() { s.silent, s.ignore = false, false })

		c = s.mustConnect(keeping(dir, told))
		defer c.Close()
		for _, want := range []string{"2", "3"} {
			if o := <-told; o.Err != nil || o.Content != (TextMessage{Content: want}) {
				t.Errorf("told %+v", o)
			}
		}
		wantTexts(t, s.stored(), []string{"1", "2", "3"})
	})
}

// A message that is refused makes way for the next; one that is refused for a
// passing reason does not.
func TestOutboxRefused(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		told := make(outcomes, 10)
		c := s.mustConnect(keeping(t.TempDir(), told))
		defer c.Close()
		s.set(func() { s.refuse = chat.NotInGroup })
		post(t, c, Group("g"), "1")
		if o := <-told; chat.CodeOf(o.Err) != chat.NotInGroup || o.Sent.UID != "" {
			t.Errorf("told %+v", o)
		}
		for _, passing := range []chat.Code{chat.TooFast, chat.StoreUnavailable} {
			s.set(func() { s.refuse = passing })
			post(t, c, Group("g"), "2", "3")
			time.Sleep(time.Minute)
			if len(told) > 0 {
				t.Errorf("told %+v", <-told)
			}
			s.set(func() { s.refuse = 0 })
			for _, want := range []string{"2", "3"} {
				if o := <-told; o.Err != nil || o.Content != (TextMessage{Content: want}) {
					t.Errorf("told %+v", o)
				}
			}
		}
		wantTexts(t, s.stored(), []string{"2", "3", "2", "3"})
	})
}

func TestOutboxGivesUp(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		told := make(outcomes, 10)
		c := s.mustConnect(keeping(t.TempDir(), told))
		defer c.Close()
		s.set(func() { s.silent, s.ignore = true, true })
		began := time.Now()
		if _, err := c.Post(t.Context(), Private("bob"), TextMessage{Content: "1"}, Life(time.Minute)); err != nil {
			t.Fatal(err)
		}
		post(t, c, Private("bob"), "2")
		o := <-told
		if took := time.Since(began); !errors.Is(o.Err, context.DeadlineExceeded) || took != time.Minute {
			t.Errorf("told %+v after %s", o, took)
		}
		o = <-told
		if took := time.Since(began); !errors.Is(o.Err, context.DeadlineExceeded) || took != MaxLife {
			t.Errorf("told %+v after %s", o, took)
		}
		for _, life := range []time.Duration{0, -1, MaxLife + 1} {
			_, err := c.Post(t.Context(), Private("bob"), TextMessage{Content: "1"}, Life(life))
			wantCode(t, err, chat.BadParameter)
		}
	})
}

func TestOutboxIsBounded(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir := t.TempDir()
		c := s.mustConnect(keeping(dir, nil))
		s.set(func() { s.ignore = true })
		large := TextMessage{Content: strings.Repeat("x", 130_000)}
		taken := 0
		for err := error(nil); err == nil; taken++ {
			if _, err = c.Post(t.Context(), Private("bob"), large); err != nil && !strings.Contains(err.Error(), "over its limit of 33554432") {
				t.Error(err)
			}
		}
		if n := len(c.Unsent()); n != taken-1 || n < 255 || n > 260 {
			t.Errorf("%d large messages wait", n)
		}
		for _, m := range c.Unsent() {
			if !c.Discard(m.MessageID) || c.Discard(m.MessageID) {
				t.Errorf("message %d is not discarded once", m.MessageID)
			}
		}
		synctest.Wait()
		for i := range MaxUnsent {
			post(t, c, Private("bob"), fmt.Sprint(i))
		}
		_, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "one more"})
		wantCode(t, err, chat.TooFast)
		c.Close()
		s.set(func() { s.ignore = false })
		c = s.mustConnect(keeping(dir, nil))
		defer c.Close()
		synctest.Wait()
		if left := len(c.Unsent()); left != 0 {
			t.Errorf("%d messages wait", left)
		}
		post(t, c, Private("bob"), "there is room again")
	})
}

func TestDiscardEndsSend(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		told := make(outcomes, 10)
		c := s.mustConnect(keeping(t.TempDir(), told))
		defer c.Close()
		s.set(func() { s.ignore = true })
		ended := make(chan error)
		go func() {
			_, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "1"})
			ended <- err
		}()
		synctest.Wait()
		if !c.Discard(c.Unsent()[0].MessageID) {
			t.Error("nothing to discard")
		}
		if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, ErrKept) {
			t.Errorf("sent with %v", err)
		}
		synctest.Wait()
		if len(told) > 0 {
			t.Errorf("told %+v", <-told)
		}
	})
}

func TestPostRefuses(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		without := s.mustConnect(nil)
		_, err := without.Post(t.Context(), Private("bob"), TextMessage{Content: "1"})
		wantCode(t, err, chat.BadParameter)
		if without.Unsent() != nil || without.Discard(1) {
			t.Error("a client without a directory has an outbox")
		}
		without.Close()
		c := s.mustConnect(keeping(t.TempDir(), nil))
		_, err = c.Post(t.Context(), Chatroom("lobby"), TextMessage{})
		wantCode(t, err, chat.UnsupportedType)
		_, err = c.Post(t.Context(), Private(""), TextMessage{})
		wantCode(t, err, chat.BadTarget)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Post(ended, Private("bob"), TextMessage{}); !errors.Is(err, context.Canceled) {
			t.Errorf("posted with %v", err)
		}
		c.Close()
		if _, err := c.Post(t.Context(), Private("bob"), TextMessage{}); !errors.Is(err, ErrClosed) {
			t.Errorf("posted with %v", err)
		}
	})
}

// A directory is for one user and one client; one that is damaged is told and
// left alone.
func TestDirectoryIsRefused(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir := t.TempDir()
		c := s.mustConnect(keeping(dir, nil))
		if _, err := s.connect(keeping(dir, nil)); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("a second client of a directory: %v", err)
		}
		c.Close()
		path := filepath.Join(dir, "outbox")
		for _, text := range []string{"not an outbox\n", `1e4b5ab1 {"hongyanOutbox":1,"owner":{"app":"app","user":"bob"}}` + "\n"} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := s.connect(keeping(dir, nil)); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("with %q: %v", text, err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != text {
				t.Errorf("the file is now %q, %v", after, err)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cursor-alice"), []byte("yesterday"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.connect(keeping(dir, nil)); err == nil || !strings.Contains(err.Error(), "yesterday") {
			t.Errorf("with a damaged cursor: %v", err)
		}
		if err := os.Remove(filepath.Join(dir, "cursor-alice")); err != nil {
			t.Fatal(err)
		}
		s.mustConnect(keeping(dir, nil)).Close() // none of that kept it locked
	})
}

func TestSendFailsWhenItCannotBeKept(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(keeping(t.TempDir(), nil))
		defer c.Close()
		_ = c.kept.journal.file.Close()
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "1"}); err == nil || !strings.Contains(err.Error(), "cannot be kept") {
			t.Errorf("sent with %v", err)
		}
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "2"}); err != nil {
			t.Error(err)
		}
		wantTexts(t, s.stored(), []string{"2"})
	})
}

func TestFileCursors(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	cursors := FileCursors(dir)
	ctx := t.Context()
	for _, user := range []chat.UserID{"alice", "../bob", "名 字"} {
		if tick, err := cursors.Load(ctx, user); tick != 0 || err != nil {
			t.Errorf("%s begins at %d, %v", user, tick, err)
		}
		for _, tick := range []chat.Tick{5, firstTick} {
			if err := cursors.Save(ctx, user, tick); err != nil {
				t.Fatal(err)
			}
		}
		if tick, err := FileCursors(dir).Load(ctx, user); tick != firstTick || err != nil {
			t.Errorf("%s goes on at %d, %v", user, tick, err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// A client with a directory reads every message once over restarts.
func TestCursorInDirectory(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir := t.TempDir()
		for i := range 5 {
			c := s.mustConnect(keeping(dir, nil))
			s.push(textFrom(0, "bob", 2*i+1))
			s.store(textFrom(0, "bob", 2*i+2))
			if i == 0 {
				wantTexts(t, read(t, c, 1), numbers(1, 1))
			} else {
				wantTexts(t, read(t, c, 2), numbers(2*i, 2*i+1))
			}
			c.Close()
		}
	})
}

func TestUnsentAreInOrder(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		dir := t.TempDir()
		c := s.mustConnect(keeping(dir, nil))
		s.set(func() { s.ignore = true })
		var ids []int64
		for i := range 20 {
			ids = append(ids, post(t, c, Private(chat.UserID(fmt.Sprint("user", i%3))), fmt.Sprint(i))...)
		}
		list := func() (got []int64) {
			for _, m := range c.Unsent() {
				got = append(got, m.MessageID)
			}
			return got
		}
		if !slices.Equal(list(), ids) {
			t.Errorf("unsent %v, want %v", list(), ids)
		}
		c.Close()
		c = s.mustConnect(keeping(dir, nil))
		defer c.Close()
		if !slices.Equal(list(), ids) {
			t.Errorf("after a restart %v, want %v", list(), ids)
		}
	})
}
