package gateway

import (
	"runtime"
	"sync"
)

// pump writes for many connections: one goroutine instead of one each. What
// is given to a connection while the pump is busy with others goes out in one
// write.
//
// Acks and signals go before pushes. Under load the pushes then wait a little
// longer and share their writes, while whoever waits for an ack does not wait
// for a group's worth of others.
type pump struct {
	wake chan struct{}

	mu     sync.Mutex // guards the following
	urgent []*conn
	pushes []*conn
}

// turn is how many pushes are written before the pump looks for acks again,
// and lets the goroutines run that make them.
const turn = 8

func newPump() *pump { return &pump{wake: make(chan struct{}, 1)} }

// add makes the pump flush c soon.
func (p *pump) add(c *conn, urgent bool) {
	p.mu.Lock()
	first := len(p.urgent)+len(p.pushes) == 0
	if urgent {
		p.urgent = append(p.urgent, c)
	} else {
		p.pushes = append(p.pushes, c)
	}
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
	var urgent, pushes, spare []*conn
	for {
		select {
		case <-p.wake:
		case <-stop:
			return
		}
		for {
			p.mu.Lock()
			urgent, p.urgent = p.urgent, urgent[:0]
			if len(pushes) == 0 {
				pushes, p.pushes = p.pushes, spare[:0]
				spare = pushes
			}
			p.mu.Unlock()
			if len(urgent)+len(pushes) == 0 {
				break
			}
			flush(urgent)
			n := min(turn, len(pushes))
			flush(pushes[:n])
			pushes = pushes[n:]
			runtime.Gosched()
		}
	}
}

func flush(conns []*conn) {
	for i, c := range conns {
		c.flush()
		conns[i] = nil
	}
}
