package fanout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// on is a session of alice on a device.
func on(platform fanout.Platform, device string) *listener {
	l := listen("alice")
	l.device = fanout.Device{ID: device, Platform: platform}
	return l
}

// Who has to go when a device comes is decided by the policy, and the oldest goes first.
func TestDevices(t *testing.T) {
	const kicked = "kicked: kicked"
	devices := func() []*listener {
		return []*listener{
			on(fanout.Web, "tab 1"), on(fanout.Mobile, "phone 1"), on(fanout.Web, "tab 2"),
			on(fanout.Desktop, "laptop"), on(fanout.MiniProgram, "mini"), on(fanout.Mobile, "phone 2"),
		}
	}
	for name, c := range map[string]struct {
		policy fanout.Devices
		gone   []int // which of them
	}{
		"many":                          {fanout.Devices{}, nil},
		"one on each platform":          {fanout.Devices{PerPlatform: 1}, []int{0, 1}},
		"three":                         {fanout.Devices{Total: 3}, []int{0, 1, 2}},
		"one":                           {fanout.Devices{Total: 1}, []int{0, 1, 2, 3, 4}},
		"one on each platform of three": {fanout.Devices{Total: 3, PerPlatform: 1}, []int{0, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.Hub = fanout.New(s.store, 0, c.policy)
			other := s.enter("bob")[0]
			all := devices()
			for _, l := range all {
				s.attach(l)
			}
			for i, l := range all {
				if slices.Contains(c.gone, i) {
					l.wants(t, kicked)
				} else {
					l.wants(t)
				}
			}
			other.wants(t)
			s.happen([]*chat.Message{message(chat.Private, "bob", "alice", "hi")})
			for i, l := range all {
				if slices.Contains(c.gone, i) {
					l.wants(t) // who was told to go hears nothing more
				} else {
					l.wants(t, `from bob: "hi"`, "end of 1")
				}
			}
		})
	}
}

// Sessions on one line are one device, as old as its newest session.
func TestDevicesOnALine(t *testing.T) {
	tab := func(name string, line uint64) *listener {
		l := on(fanout.Web, name)
		l.device.Line = line
		return l
	}
	s := newStage(t)
	s.Hub = fanout.New(s.store, 0, fanout.Devices{Total: 2})
	first, phone, second, laptop := tab("first", 7), on(fanout.Mobile, "phone"), tab("second", 7), on(fanout.Desktop, "laptop")
	for _, l := range []*listener{first, phone, second, laptop} {
		s.attach(l)
	}
	phone.wants(t, "kicked: kicked")
	for _, l := range []*listener{first, second, laptop} {
		l.wants(t)
	}
	again := on(fanout.Mobile, "phone")
	third := tab("third", 8)
	s.attach(again)
	s.attach(third)
	for _, l := range []*listener{first, second, laptop} {
		l.wants(t, "kicked: kicked")
	}
	again.wants(t)
	third.wants(t)
}

// A device that comes back takes the place of its old session, whatever the
// policy; sessions that name no device are never the same one.
func TestDeviceComesBack(t *testing.T) {
	for _, policy := range []fanout.Devices{{}, {PerPlatform: 1}, {Total: 2}} {
		s := newStage(t)
		s.Hub = fanout.New(s.store, 0, policy)
		phone, tab, again := on(fanout.Mobile, "phone"), on(fanout.Web, "tab"), on(fanout.Mobile, "phone")
		for _, l := range []*listener{phone, tab, again} {
			s.attach(l)
		}
		phone.wants(t, "replaced")
		tab.wants(t)
		again.wants(t)
		s.Detach(phone) // what is left of it does not take the new one along
		s.Detach(tab)
		if !s.Online("alice") {
			t.Error("alice is offline while her phone is there")
		}
	}
	s := newStage(t)
	first, second := on(fanout.Web, ""), on(fanout.Web, "")
	s.attach(first)
	s.attach(second)
	first.wants(t)
}

// Sessions that come at the same moment leave exactly one where one is allowed.
func TestDevicesRace(t *testing.T) {
	h := fanout.New(storetest.NewModel(store.Options{}), 0, fanout.Devices{Total: 1})
	const n = 20
	var all [n]*listener
	done := make(chan error, n)
	for i := range all {
		all[i] = on(fanout.Web, fmt.Sprint(i))
		go func() { done <- h.Attach(t.Context(), all[i]) }()
	}
	for range all {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	var left int
	for _, l := range all {
		if len(l.log) == 0 {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d of %d are left", left, n)
	}
}

// presence takes what a watcher was told so far, in words.
func presence(w *fanout.Watcher) (words []string) {
	for {
		select {
		case c := <-w.Changes():
			word := map[bool]string{true: "begins", false: "ends"}[c.Began]
			if c.Online() {
				word += ", online"
			}
			if c.Offline() {
				word += ", offline"
			}
			words = append(words, fmt.Sprintf("%s on %s %q %s: %d", c.User, c.Device.Platform, c.Device.ID, word, c.Devices))
		default:
			return words
		}
	}
}

// A watcher is told of every session, and when a user comes and goes.
func TestWatch(t *testing.T) {
	s := newStage(t)
	s.Hub = fanout.New(s.store, 0, fanout.Devices{PerPlatform: 1})
	w := s.Watch()
	begin := time.Now()
	phone, tab := on(fanout.Mobile, "phone"), on(fanout.Web, "tab 1")
	s.attach(phone)
	s.attach(tab)
	s.attach(on(fanout.Web, "tab 2"))
	s.Detach(tab)
	s.Detach(phone)
	s.Kick("alice", chat.UserBlocked)
	first := <-w.Changes()
	if first.Session != phone.ID() || first.At.Before(begin) || !first.Online() {
		t.Errorf("the first change is %+v", first)
	}
	want := []string{
		`alice on web "tab 1" begins: 2`,
		`alice on web "tab 2" begins: 3`,
		`alice on web "tab 1" ends: 2`,
		`alice on mobile "phone" ends: 1`,
		`alice on web "tab 2" ends, offline: 0`,
	}
	if got := presence(w); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A watcher that takes nothing holds up nobody: what it misses is counted, and
// the others are told.
func TestSlowWatcher(t *testing.T) {
	s := newStage(t)
	slow, fast := s.Watch(), s.Watch()
	told := 0
	for range fanout.MaxChanges {
		l := on(fanout.Web, "tab")
		s.attach(l)
		s.Detach(l)
		told += len(presence(fast))
	}
	if told != 2*fanout.MaxChanges || fast.Missed() != 0 {
		t.Errorf("the fast one was told %d, missed %d", told, fast.Missed())
	}
	if n := len(presence(slow)); n != fanout.MaxChanges || slow.Missed() != fanout.MaxChanges {
		t.Errorf("the slow one was told %d, missed %d", n, slow.Missed())
	}
}

func (s *stage) attach(l *listener) {
	s.t.Helper()
	if err := s.Attach(s.t.Context(), l); err != nil {
		s.t.Fatal(err)
	}
}
