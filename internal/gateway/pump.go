package gateway

import "sync"

// pump writes for many connections: one goroutine instead of one each. What a
// commit gives to a connection while the pump is busy with others goes out in
// one write.
type pump struct {
	wake chan struct{}

	mu    sync.Mutex // guards the following
	dirty []*conn
}

func newPump() *pump { return &pump{wake: make(chan struct{}, 1)} }

// add makes the pump flush c soon.
func (p *pump) add(c *conn) {
	p.mu.Lock()
	p.dirty = append(p.dirty, c)
	first := len(p.dirty) == 1
	p.mu.Unlock()
	if first {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// run flushes until stop is closed.
func (p *pump) run(stop <-chan struct{}) {
	var work []*conn
	for {
		select {
		case <-p.wake:
		case <-stop:
			return
		}
		for {
			p.mu.Lock()
			work, p.dirty = p.dirty, work[:0]
			p.mu.Unlock()
			if len(work) == 0 {
				break
			}
			for i, c := range work {
				c.flush()
				work[i] = nil
			}
		}
	}
}
