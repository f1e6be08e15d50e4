package wire_test

import (
	"testing"

	"github.com/hongyan-im/hongyan/wire"
)

// vectorNamed returns the bytes of one golden vector.
func vectorNamed(t testing.TB, file, name string) []byte {
	t.Helper()
	for _, v := range readVectors(t, file) {
		if v.Name == name {
			return v.bytes(t)
		}
	}
	t.Fatalf("%s has no vector named %q", file, name)
	return nil
}

// A server decodes and appends these for every message, so they may not
// allocate.
func TestFramesDoNotAllocate(t *testing.T) {
	publish := vectorNamed(t, "client.json", "publish ppMsgP")
	signal := vectorNamed(t, "server.json", "publish s_ntf")
	puback := vectorNamed(t, "server.json", "puback ok")
	uid := []byte("82EL-NVE9-DDG2-A6ZV")
	buf := make([]byte, 0, 256)
	var client wire.ClientFrame
	var server wire.ServerFrame
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range map[string]func(){
		"decode client publish": func() { must(client.Decode(publish)) },
		"decode server publish": func() { must(server.Decode(signal, wire.ProtocolVer3)) },
		"decode puback":         func() { must(server.Decode(puback, wire.ProtocolVer3)) },
		"append connack": func() {
			wire.AppendConnack(buf, wire.ProtocolVer4, wire.Connack{User: "alice", Session: "s", Time: 1})
		},
		"append server publish": func() { wire.AppendServerPublish(buf, 0, false, 1, wire.TopicNotify, "bob", 1) },
		"append puback":         func() { wire.AppendPuback(buf, 1, 0, 1795438228320, uid) },
		"append queryack":       func() { wire.AppendQueryack(buf, 1, 1, 0) },
		"append pingresp":       func() { wire.AppendPingresp(buf) },
		"append disconnect":     func() { wire.AppendDisconnect(buf, wire.DisconnectElsewhere) },
		"append client publish": func() { wire.AppendClientPublish(buf, 1, wire.TopicPrivateSend, "bob", 1) },
		"append query":          func() { wire.AppendQuery(buf, wire.TopicPull, "bob", 1) },
		"append client puback":  func() { wire.AppendClientPuback(buf, 1) },
		"append querycon":       func() { wire.AppendQuerycon(buf, 1) },
		"append pingreq":        func() { wire.AppendPingreq(buf) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkClientPublishDecode(b *testing.B) {
	in := vectorNamed(b, "client.json", "publish ppMsgP")
	var f wire.ClientFrame
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkServerPublishAppend(b *testing.B) {
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		wire.AppendServerPublish(buf, 0, false, 1, wire.TopicNotify, "bob", 1)
	}
}

func BenchmarkPubackAppend(b *testing.B) {
	buf := make([]byte, 0, 64)
	uid := []byte("82EL-NVE9-DDG2-A6ZV")
	b.ReportAllocs()
	for b.Loop() {
		wire.AppendPuback(buf, 1, 0, 1795438228320, uid)
	}
}

func BenchmarkPullRequestUnmarshal(b *testing.B) {
	for _, v := range readVectors(b, "payload.json") {
		if v.Name != "PullRequest pullMsg" {
			continue
		}
		in, m := v.bytes(b), newPayload(b, v.Message)
		b.ReportAllocs()
		for b.Loop() {
			if err := m.UnmarshalVT(in); err != nil {
				b.Fatal(err)
			}
		}
	}
}
