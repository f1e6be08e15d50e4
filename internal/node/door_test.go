package node_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
)

// Whoever may not come in is told why by the CONNACK.
func TestRefusals(t *testing.T) {
	n := imtest.Start(t)
	now := time.Now()
	good := n.Token("alice")
	n.Post("/user/block.json", url.Values{"userId": {"blocked"}, "minute": {"1"}})
	for name, c := range map[string]struct {
		option imtest.DialOption
		status uint8
	}{
		"no token":                 {imtest.WithToken(""), 4},
		"not a token":              {imtest.WithToken("hello"), 4},
		"forged":                   {imtest.WithToken(n.TokenFor(imtest.AppKey, "another-secret", "alice", now, 0)), 4},
		"of another app":           {imtest.WithToken(n.TokenFor("another-app", imtest.AppSecret, "alice", now, 0)), 4},
		"a changed signature":      {imtest.WithToken(good[:len(good)-2] + "xx"), 4},
		"no algorithm":             {imtest.WithToken("eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + "."), 4},
		"expired":                  {imtest.WithToken(n.TokenFor(imtest.AppKey, imtest.AppSecret, "alice", now.Add(-time.Hour), time.Minute)), 10},
		"of a user who is blocked": {imtest.WithToken(n.Token("blocked")), 9},
		"to an unknown app":        {imtest.Parameter("appId", "nobody"), 4},
		"an unknown version":       {imtest.Parameter("protocolVer", "5"), 1},
		"a version that is none":   {imtest.Parameter("protocolVer", "x"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			var refused *imtest.Refused
			if err := imtest.NewClient(t, n, "alice", c.option).Connect(); !errors.As(err, &refused) || refused.Status != c.status {
				t.Errorf("%v, not refused with status %d", err, c.status)
			}
		})
	}
	for _, version := range []int{3, 4} {
		c := imtest.Dial(t, n, "alice", imtest.Version(version))
		if hello := c.Connack(); hello.User != "alice" || hello.Session == "" || hello.Time < now.UnixMilli() {
			t.Errorf("version %d is greeted with %+v", version, hello)
		}
	}
}

// A user who is blocked is out at once. Revoked tokens open no new connection.
func TestBlockedAndRevoked(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	n.Post("/user/block.json", url.Values{"userId": {"alice"}, "minute": {"1"}})
	if status := alice.Ended(); status != wire.DisconnectError {
		t.Errorf("alice was sent away with status %d", status)
	}
	n.Post("/user/token/expire.json", url.Values{"userId": {"bob"}, "time": {fmt.Sprint(time.Now().Add(time.Second).UnixMilli())}})
	if err := bob.Ping(); err != nil {
		t.Errorf("bob is out: %v", err)
	}
	for c, want := range map[*imtest.Client]uint8{alice: 9, bob: 4} {
		var refused *imtest.Refused
		if err := c.Connect(); !errors.As(err, &refused) || refused.Status != want {
			t.Errorf("%s connects: %v, not refused with status %d", c.User(), err, want)
		}
	}
}

// In strict mode a signed request works once.
func TestReplayedRequest(t *testing.T) {
	n := imtest.Start(t, imtest.Strict())
	bob := imtest.Dial(t, n, "bob")
	form := url.Values{"fromUserId": {"alice"}, "toUserId": {"bob"}, "objectName": {"RC:TxtMsg"}, "content": {`{"content":"once"}`}}
	signed := n.Request("/message/private/publish.json", form)
	again := signed.Clone(t.Context())
	again.Body, _ = signed.GetBody() // a reader of strings cannot fail
	if a, err := n.Do(signed); err != nil || a.Code != http.StatusOK {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err := n.Do(again); err != nil || a.Code == http.StatusOK {
		t.Errorf("the replayed request is answered with %+v, %v", a, err)
	}
	forged := n.Request("/message/private/publish.json", form)
	forged.Header.Set("Signature", strings.Repeat("0", 40))
	if a, err := n.Do(forged); err != nil || a.Code == http.StatusOK {
		t.Errorf("the forged request is answered with %+v, %v", a, err)
	}
	n.Publish(chat.Private, "alice", "last", "bob")
	bob.AwaitText("last")
	if got := len(bob.Received()); got != 2 {
		t.Errorf("bob was given %d messages, not the one and the last", got)
	}
}

// SIGTERM lets the server finish what it accepted, tell its clients to go
// elsewhere, and end well. Nothing that was acked is missing afterwards, and
// what was refused can be sent again.
func TestDrain(t *testing.T) {
	p := imtest.StartProcess(t)
	alice, bob, carol := imtest.Dial(t, p, "alice"), imtest.Dial(t, p, "bob", imtest.Direct()), imtest.Dial(t, p, "carol")
	carol.StopReading() // somebody who takes nothing must not hold up the rest
	var sent []imtest.Sent
	for i := range 3000 {
		sent = append(sent, alice.Publish(wire.TopicPrivateSend, "bob", imtest.Text(fmt.Sprint(i), int64(i+1))))
		if i == 1000 {
			if ack, err := alice.Ack(sent[500]); err != nil || ack.Code != chat.OK {
				t.Fatalf("%+v, %v", ack, err)
			}
			p.Signal(syscall.SIGTERM)
		}
	}
	acked := map[string]chat.UID{}
	for i, s := range sent {
		if ack, err := alice.Ack(s); err == nil && ack.Code == chat.OK {
			acked[fmt.Sprint(i)] = ack.UID
		} else if err == nil && ack.Code != chat.ServerUnavailable {
			t.Errorf("message %d was acked with code %d", i, ack.Code)
		}
	}
	for _, c := range []*imtest.Client{alice, bob} {
		if status := c.Ended(); status != wire.DisconnectElsewhere {
			t.Errorf("%s was sent away with status %d", c.User(), status)
		}
	}
	p.Exited()
	if len(acked) < 500 {
		t.Errorf("only %d messages were acked before the server ended", len(acked))
	}

	p.Start()
	for _, c := range []*imtest.Client{alice, bob} {
		if err := c.Connect(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range sent {
		sent[i] = alice.Publish(wire.TopicPrivateSend, "bob", imtest.Text(fmt.Sprint(i), int64(i+1)))
	}
	for i, s := range sent {
		text := fmt.Sprint(i)
		ack, err := alice.Ack(s)
		if first, ok := acked[text]; err != nil || ok && first != ack.UID {
			t.Errorf("%s was acked as %s, and after the restart as %s, %v", text, first, ack.UID, err)
		}
		acked[text] = ack.UID
	}
	alice.Send(chat.Private, "bob", "last", 0)
	bob.AwaitText("last")
	for _, m := range bob.Received() {
		if m.Text != "last" && acked[m.Text] != m.UID {
			t.Errorf("bob was given %s as %s, it was acked as %s", m.Text, m.UID, acked[m.Text])
		}
		delete(acked, m.Text)
	}
	for text, uid := range acked {
		t.Errorf("bob was not given %s, %s", text, uid)
	}
}

// certificate makes a key and a certificate for the loopback address.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestTLS(t *testing.T) {
	n := imtest.Start(t, imtest.TLS(certificate(t)))
	if !strings.HasPrefix(n.URL(), "https://") {
		t.Fatalf("the node is at %s", n.URL())
	}
	n.Join("all", "alice", "bob")
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob", imtest.Direct())
	long := strings.Repeat("鸿雁", 20_000) // of many TLS records
	for i := range 20 {
		alice.Send(chat.Group, "all", fmt.Sprint(i, long), 0)
	}
	bob.AwaitText(fmt.Sprint(19, long))
	if got := len(bob.Received()); got != 20 {
		t.Errorf("bob was given %d messages, not 20", got)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	n := imtest.Start(t)
	alice := imtest.Dial(t, n, "alice")
	alice.Send(chat.Private, "bob", "hello", 1)
	alice.Send(chat.Private, "bob", "hello", 1)
	alice.Send(chat.Private, "bob", "hello", 2)
	imtest.Dial(t, n, "bob").AwaitText("hello")
	if status, body := n.Get("/healthz"); status != http.StatusOK || !strings.Contains(body, `"durability":"fsync before ack"`) {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if status, _ := n.Get("/readyz"); status != http.StatusOK {
		t.Errorf("/readyz: %d", status)
	}
	_, metrics := n.Get("/metrics")
	label := `{app="` + imtest.AppKey + `"`
	for _, line := range []string{
		"hongyan_connections" + label + "} 2",
		"hongyan_messages_accepted_total" + label + `,type="private"} 2`,
		"hongyan_messages_resent_total" + label + "} 1",
		"hongyan_commit_messages_count" + label + "} 2",
		"hongyan_commit_fsync_seconds_count" + label + "} 2",
		"hongyan_drops_total" + label + `,reason="push-behind"} 0`,
		"hongyan_drops_total" + label + `,reason="status"} 0`,
		"hongyan_pull_messages_bucket" + label + `,le="1"}`,
	} {
		if !strings.Contains(metrics, "\n"+line) {
			t.Errorf("/metrics does not say %s", line)
		}
	}
}
