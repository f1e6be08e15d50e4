package bench

import "time"

// Workload is who sends how much to whom. It has pairs, or members of one
// group, or visitors of one chatroom, or idle connections.
type Workload struct {
	Name  string
	Title string

	Pairs    int // private conversations: one sends, the other receives
	Members  int // of the one group: the first sends, the others receive
	Visitors int // of the one chatroom, likewise
	Idle     int // connections that only exist

	Window   int           // messages a sender has in flight
	Every    time.Duration // or a sender sends one each such time, whatever is in flight
	Together bool          // a message is in flight until every receiver has it, not just until its ack
	Pull     bool          // receive by notify-and-pull, as the official SDK does, instead of by direct push
	Messages uint32        // a sender stops after so many; 0 is no bound
	Full     bool          // on a store that holds messages already
}

// Workloads are those that a run can name. Group loads are bounded by count:
// their sender can outrun the receivers, and what is under way must end.
var Workloads = []Workload{
	{Name: "w1", Title: "250 pairs, one in flight", Pairs: 250, Window: 1},
	{Name: "w1-pull", Title: "250 pairs, one in flight, notify and pull", Pairs: 250, Window: 1, Pull: true},
	{Name: "w1-full", Title: "250 pairs, one in flight, full store", Pairs: 250, Window: 1, Full: true},
	{Name: "w2", Title: "group of 500, one in flight", Members: 500, Window: 1, Messages: 1000},
	{Name: "w2-pull", Title: "group of 500, one in flight, notify and pull", Members: 500, Window: 1, Messages: 1000, Pull: true},
	{Name: "w2c", Title: "group of 500, next when all have it", Members: 500, Window: 1, Messages: 1000, Together: true},
	{Name: "w3", Title: "5,000 idle connections", Idle: 5000},
	{Name: "w4", Title: "50 pairs, 64 in flight", Pairs: 50, Window: 64},
	{Name: "w4-pull", Title: "50 pairs, 64 in flight, notify and pull", Pairs: 50, Window: 64, Pull: true},
	{Name: "w5", Title: "chatroom of 10,000, 20 messages a second, notify and pull", Visitors: 10_000, Every: 50 * time.Millisecond, Pull: true},
}

// Find returns the workload with the given name.
func Find(name string) (Workload, bool) {
	for _, w := range Workloads {
		if w.Name == name {
			return w, true
		}
	}
	return Workload{}, false
}

func (w Workload) clients() int { return 2*w.Pairs + w.Members + w.Visitors + w.Idle }
