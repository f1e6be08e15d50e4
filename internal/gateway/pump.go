package gateway

import (
	"runtime"
	"sync"
)

// pump writes for many connections: one goroutine instead of one each. What
// is given to a connection while the pump is busy with others goes out in one
// write.
//
// Acks go before what goes to many. Under load pushes and signals then wait a
// little longer and share their writes, while whoever waits for an ack does
// not wait for a group's worth of others.
type pump struct {
	wake chan struct{}

	mu     sync.Mutex // guards the following
	urgent []*conn
	others []*conn
}

// turn is how many others are written before the pump looks for acks again,
// and lets the goroutines run that make them.
const turn = 8

func newPump() *pump { return &pump{wake: make(chan struct{}, 1)} }

// add makes the pump flush c soon.
func (p *pump) add(c *conn, urgent bool) {
	p.mu.Lock()
	first := len(p.urgent)+len(p.others) == 0
	if urgent {
		p.urgent = append(p.urgent, c)
	} else {
		p.others = append(p.others, c)
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
	var urgent, others, spare []*conn
	for {
		select {
		case <-p.wake:
		case <-stop:
			return
		}
		for {
			p.mu.Lock()
			urgent, p.urgent = p.urgent, urgent[:0]
			if len(others) == 0 {
				others, p.others = p.others, spare[:0]
				spare = others
			}
			p.mu.Unlock()
			if len(urgent)+len(others) == 0 {
				break
			}
			flush(urgent)
			n := min(turn, len(others))
			flush(others[:n])
			others = others[n:]
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
