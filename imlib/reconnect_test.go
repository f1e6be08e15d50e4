package imlib

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// tokens is an app's server that renews the token of a fake server.
type tokens struct {
	server *fakeServer
	asked  int
	errs   []error // of the next times
}

func (k *tokens) refresh(context.Context) (string, error) {
	k.asked++
	if err := next(&k.errs, nil); err != nil {
		return "", err
	}
	return k.server.token, nil
}

func TestTokenIsRenewed(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		states := make(chan Status, 10)
		from := &tokens{server: s}
		c := s.mustConnect(func(o *Options) {
			o.Token, o.RefreshToken = "", from.refresh
			o.OnStatus = func(s Status) { states <- s }
		})
		defer c.Close()
		if from.asked != 1 {
			t.Errorf("asked %d times for the first token", from.asked)
		}
		time.Sleep(time.Minute)
		from.errs = []error{errors.New("the app's server is down")}
		s.set(func() { s.token = "fresh" })
		s.disconnect(7) // the token expired
		for _, want := range []State{Connected, Suspended, Connected} {
			if st := <-states; st.State != want {
				t.Errorf("is %v, want %v", st, want)
			}
		}
		if from.asked != 3 {
			t.Errorf("asked %d times", from.asked)
		}
		synctest.Wait()
		s.push(textFrom(0, "bob", 1))
		wantTexts(t, read(t, c, 1), numbers(1, 1))

		// It expires while the client is away.
		s.set(func() { s.connackStatus = []uint8{10} })
		s.cut()
		s.store(textFrom(0, "bob", 2))
		wantTexts(t, read(t, c, 1), numbers(2, 2))
	})
}

func TestConnectRenewsTheToken(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		for name, faults := range map[string]func(){
			"the navigator": func() { s.navigationStatus = []int{401} },
			"the server":    func() { s.connackStatus = []uint8{4} },
		} {
			from := &tokens{server: s}
			s.set(faults)
			c, err := s.connect(func(o *Options) { o.RefreshToken = from.refresh })
			if err != nil || from.asked != 1 {
				t.Errorf("refused by %s: asked %d times, %v", name, from.asked, err)
				continue
			}
			c.Close()
		}
		from := &tokens{server: s, errs: []error{errors.New("down")}}
		if _, err := s.connect(func(o *Options) { o.Token, o.RefreshToken = "", from.refresh }); err == nil || from.asked != 1 {
			t.Errorf("asked %d times, %v", from.asked, err)
		}
	})
}

// A fresh token that is refused, and an app that refuses one, end the client.
func TestTokenIsNotRenewedForEver(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.set(func() { s.connackStatus = []uint8{10, 10} })
		from := &tokens{server: s}
		_, err := s.connect(func(o *Options) { o.RefreshToken = from.refresh })
		wantCode(t, err, chat.TokenExpired)
		if from.asked != 1 {
			t.Errorf("asked %d times", from.asked)
		}
		c := s.mustConnect(func(o *Options) { o.RefreshToken = from.refresh })
		from.errs = []error{chat.Errorf(chat.UserBlocked, "not you")}
		s.disconnect(7)
		for _, err := range c.Messages(t.Context()) {
			wantCode(t, err, chat.UserBlocked)
		}
		c.Close()
	})
}

// places is a network in which some places are not as they should be.
type places struct {
	server *fakeServer
	dead   map[string]func(ctx context.Context) (net.Conn, error)
	dialed []string
}

func (p *places) dial(ctx context.Context, network, address string) (net.Conn, error) {
	p.dialed = append(p.dialed, address)
	if broken := p.dead[address]; broken != nil {
		return broken(ctx)
	}
	return p.server.listen.dial(ctx, network, address)
}

// silence is a place that takes connections and never says anything.
func silence(context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	go func() {
		b := make([]byte, 1024)
		for err := error(nil); err == nil; {
			_, err = there.Read(b)
		}
	}()
	return here, nil
}

func refusing(context.Context) (net.Conn, error) { return nil, errNobody }

// The client goes on to the next place when one is down, or there and silent.
func TestFailOver(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.places = []string{"down:80", "silent:80", "good:80"}
		p := &places{server: s, dead: map[string]func(context.Context) (net.Conn, error){
			"down:80": refusing, "silent:80": silence, "navigator-1:80": refusing, "navigator-2:80": silence,
		}}
		began := time.Now()
		c := s.mustConnect(func(o *Options) {
			o.Navigators, o.Dial = []string{"http://navigator-1", "http://navigator-2", "http://navigator-3"}, p.dial
		})
		defer c.Close()
		if took := time.Since(began); took > openTimeout+navigationTimeout {
			t.Errorf("took %s", took)
		}
		// The navigators are gone and the good place too; then another is up.
		p.dead["navigator-3:80"], p.dead["good:80"] = refusing, refusing
		delete(p.dead, "down:80")
		s.cut()
		s.store(textFrom(0, "bob", 1))
		wantTexts(t, read(t, c, 1), numbers(1, 1))
		if last := p.dialed[len(p.dialed)-1]; last != "down:80" {
			t.Errorf("is at %s", last)
		}
	})
}

// A server that takes the connection and then does not greet is none.
func TestNoGreeting(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.set(func() { s.mute = 1 })
		began := time.Now()
		s.places = []string{"one:80", "two:80"}
		c := s.mustConnect(nil)
		defer c.Close()
		if took := time.Since(began); took != greetTimeout {
			t.Errorf("took %s", took)
		}
	})
}

func TestPingEvery(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		states := make(chan Status, 10)
		c := s.mustConnect(func(o *Options) {
			o.PingEvery = time.Second
			o.OnStatus = func(s Status) { states <- s }
		})
		defer c.Close()
		<-states
		time.Sleep(time.Hour)
		if len(states) > 0 {
			t.Fatalf("lost %v a server that answers pings", <-states)
		}
		s.set(func() { s.silent = true })
		began := time.Now()
		if st := <-states; st.State != Suspended || time.Since(began) > 3*time.Second {
			t.Errorf("is %v after %s", st, time.Since(began))
		}
	})
}
