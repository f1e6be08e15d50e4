package wire_test

import (
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// However often a message is edited and expanded, receivers can decode it, and
// all else that its sender gave is still there.
func FuzzAmended(f *testing.F) {
	f.Add(encode(f, up(func(m *pb.UpMessage) { m.ExtraContent, m.OptionBits = new(`{"k":{"v":"1"}}`), new(int64(3)) })), `{"content":"new"}`)
	f.Add(encode(f, up(func(m *pb.UpMessage) { m.ClientUniqueId, m.PushText = new(int64(5)), new("push") })), `{"mentionedInfo":{"type":1}}`)
	f.Fuzz(func(t *testing.T, payload []byte, content string) {
		m, err := wire.BitKeeps.ParseMessage(chat.Group, "alice", "group", payload)
		if err != nil {
			return
		}
		want := down(t, m)
		for range 2 {
			edited, err := wire.Edited(m, []byte(content), 1_800_000_000_000)
			if err != nil {
				return
			}
			m = wire.Expanded(edited, []byte(`{"k":{"v":"2"}}`))
		}
		got := down(t, m)
		if got.GetExtStatus()&4 == 0 || got.GetExtraContent() != `{"k":{"v":"2"}}` || got.GetConvertExt() != `{"modify":{"time":1800000000000}}` {
			t.Errorf("%v", got)
		}
		if got.GetClassName() != want.GetClassName() || got.GetClientUniqueId() != want.GetClientUniqueId() ||
			got.GetPushContent() != want.GetPushContent() || got.GetOptionBits() != want.GetOptionBits() || got.GetStatus()&^64 != want.GetStatus()&^64 {
			t.Errorf("%v, before %v", got, want)
		}
		if string(got.Content) != string(wire.Content(m)) || m.Flags&chat.Mentioned != 0 != (got.GetStatus()&64 != 0) {
			t.Errorf("%v with flags %b", got, m.Flags)
		}
	})
}
