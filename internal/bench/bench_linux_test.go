package bench

import (
	"context"
	"strings"
	"testing"
	"time"
)

var pairs = Workload{Name: "pairs", Pairs: 3, Window: 4, Messages: 40}

func runOn(t *testing.T, s *fakeServer, w Workload) Result {
	t.Helper()
	r, err := Run(context.Background(), Target{URL: s.url}, w, Options{Duration: 10 * time.Second, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestACleanRunCountsEverything(t *testing.T) {
	for _, tc := range []struct {
		name              string
		w                 Workload
		acked, deliveries int64
	}{
		{"pushed to pairs", pairs, 120, 120},
		{"pulled by pairs", Workload{Pairs: 3, Window: 4, Messages: 40, Pull: true}, 120, 120},
		{"pushed to a group", Workload{Members: 5, Window: 1, Messages: 30}, 30, 120},
		{"pulled by a group", Workload{Members: 5, Window: 1, Messages: 30, Pull: true}, 30, 120},
		{"pulled by a room", Workload{Visitors: 5, Every: time.Millisecond, Messages: 30, Pull: true}, 30, 120},
		{"together", Workload{Members: 5, Window: 1, Messages: 30, Together: true}, 30, 120},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := runOn(t, newFakeServer(t), tc.w)
			if r.Faults.Any() || r.Acked != tc.acked || r.Deliveries != tc.deliveries {
				t.Errorf("acked %d, delivered %d, faults %s; want %d, %d, none", r.Acked, r.Deliveries, r.Faults, tc.acked, tc.deliveries)
			}
			if r.Ack.P50 <= 0 || r.Delivery.P99 < r.Delivery.P50 || r.AckedPerSecond <= 0 {
				t.Errorf("figures that cannot be: %+v", r)
			}
			if (r.Pulls > 0) != tc.w.Pull {
				t.Errorf("%d pulls", r.Pulls)
			}
		})
	}
}

// fourth makes a fault of the fourth message that reaches each user.
func fourth(fault func(m entry) []entry) func(string, entry) []entry {
	seen := map[string]int{}
	return func(user string, m entry) []entry {
		if seen[user]++; seen[user] == 4 {
			return fault(m)
		}
		return []entry{m}
	}
}

func TestEveryFaultIsFound(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(s *fakeServer)
		count func(f Faults) int
		want  int
	}{
		{"lost", func(s *fakeServer) {
			s.stream = fourth(func(entry) []entry { return nil })
		}, func(f Faults) int { return f.Lost }, 3},
		{"repeated", func(s *fakeServer) {
			s.stream = fourth(func(m entry) []entry { return []entry{m, m} })
		}, func(f Faults) int { return f.Repeated }, 3},
		{"reordered", func(s *fakeServer) {
			held := map[string]entry{}
			count := map[string]int{}
			s.stream = func(user string, m entry) []entry {
				switch count[user]++; count[user] {
				case 4:
					held[user] = m
					return nil
				case 5:
					return []entry{m, held[user]}
				}
				return []entry{m}
			}
		}, func(f Faults) int { return f.Reordered }, 3},
		{"named twice", func(s *fakeServer) {
			s.stream = fourth(func(m entry) []entry { m.uid = "UID-other"; return []entry{m} })
		}, func(f Faults) int { return f.WrongUID }, 3},
		{"misrouted", func(s *fakeServer) {
			s.stream = fourth(func(m entry) []entry {
				if m.from == userName(4) { // its receiver is the one below
					return []entry{m}
				}
				s.deliver(userName(5), m)
				return []entry{m}
			})
		}, func(f Faults) int { return f.Misrouted }, 2},
		{"damaged", func(s *fakeServer) {
			s.stream = fourth(func(m entry) []entry {
				broken := m
				broken.content = []byte(strings.Replace(string(m.content), "goose", "moose", 1))
				return []entry{broken, m}
			})
		}, func(f Faults) int { return f.Damaged }, 3},
		{"refused", func(s *fakeServer) {
			count := 0
			s.ack = func(*entry) (bool, uint16) {
				if count++; count == 4 {
					return true, 20604
				}
				return true, 0
			}
		}, func(f Faults) int { return f.Refused }, 1},
		{"unanswered", func(s *fakeServer) {
			count := 0
			s.ack = func(*entry) (bool, uint16) { count++; return count != 4, 0 }
		}, func(f Faults) int { return f.Unanswered }, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, pull := range []bool{false, true} {
				s := newFakeServer(t)
				tc.spoil(s)
				w := pairs
				w.Pull = pull
				r := runOn(t, s, w)
				if got := tc.count(r.Faults); got != tc.want {
					t.Errorf("pull %t: found %s, want %d", pull, r.Faults, tc.want)
				}
				one := r.Faults
				one.First = ""
				if tc.count(one) != total(one) {
					t.Errorf("pull %t: more than was done: %s", pull, r.Faults)
				}
			}
		})
	}
}

func total(f Faults) int {
	return f.Lost + f.Repeated + f.Reordered + f.WrongUID + f.Misrouted + f.Damaged + f.Refused + f.Unanswered
}

// A load that sends by the clock does not wait for anybody: what is late was
// late since its time.
func TestALoadByTheClock(t *testing.T) {
	s := newFakeServer(t)
	s.ack = func(*entry) (bool, uint16) { time.Sleep(5 * time.Millisecond); return true, 0 }
	const every, messages = 2 * time.Millisecond, 30
	r := runOn(t, s, Workload{Visitors: 2, Every: every, Messages: messages, Pull: true})
	if r.Faults.Any() || r.Acked != messages {
		t.Errorf("acked %d, faults %s", r.Acked, r.Faults)
	}
	// The last is answered after all, and was to be sent half of that before.
	if least := (messages*5*time.Millisecond - messages*every) / 2; r.Ack.Max < float64(least.Milliseconds()) {
		t.Errorf("no ack took longer than %v ms, though the server is slower than the clock", r.Ack.Max)
	}
}

// A push that does not arrive is no loss: the next one shows the gap, and the
// client pulls.
func TestAGapIsPulled(t *testing.T) {
	s := newFakeServer(t)
	pushed := map[string]int{}
	s.push = func(user string, _ entry) bool {
		pushed[user]++
		return pushed[user]%7 != 3
	}
	if r := runOn(t, s, pairs); r.Faults.Any() || r.Pulls == 0 {
		t.Errorf("faults %s, %d pulls", r.Faults, r.Pulls)
	}
}

func TestAServerThatHangsUpIsAnError(t *testing.T) {
	s := newFakeServer(t)
	s.push = func(user string, m entry) bool {
		_ = s.sessions[user].conn.Close()
		return false
	}
	_, err := Run(context.Background(), Target{URL: s.url}, pairs, Options{Patience: time.Second})
	if err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("error %v", err)
	}
}

func TestDurabilityIsWhatTheServerSays(t *testing.T) {
	s := newFakeServer(t)
	if got := Durability(context.Background(), s.url); got != "none" {
		t.Errorf("durability %q", got)
	}
	if got := Durability(context.Background(), "http://127.0.0.1:1"); got != "unknown" {
		t.Errorf("durability of nobody %q", got)
	}
}
