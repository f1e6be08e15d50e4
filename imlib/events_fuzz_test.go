package imlib

import (
	"maps"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What other clients and the server say cannot break a program.
func FuzzEvents(f *testing.F) {
	f.Add(uint8(0), []byte(`{"messageUId":"x","sentTime":1,"user":{"id":"a"}}`))
	f.Add(uint8(1), []byte(`{"mid":"x","put":{"a":"b"},"del":["c"]}`))
	f.Add(uint8(2), []byte(`{"receiptMessageDic":{"me":["x"]}}`))
	f.Add(uint8(3), []byte(`{"memberCount":1,"userList":[{"userId":"a","status":1}]}`))
	f.Add(uint8(4), []byte(`null`))
	commandNames, noticeNames := slices.Sorted(maps.Keys(commands)), slices.Sorted(maps.Keys(notices))
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		c := loneClient()
		name := commandNames[int(which)%len(commandNames)]
		m := decodeMessage(&pb.DownMessage{ClassName: &name, Content: content, Type: new(int32(chat.Group))}, c.user, nil)
		if _, is := c.eventOf(&m).(Message); is {
			t.Errorf("%s is no event", name)
		}
		name = noticeNames[int(which)%len(noticeNames)]
		if !c.handleNotice(&pb.DownMessage{ClassName: &name, Content: content, Type: new(int32(chat.Chatroom))}) {
			t.Errorf("%s is no notice", name)
		}
	})
}

// An answer of the server that does not decode is refused, any other is taken.
func FuzzNews(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x0a, 0x00})
	f.Fuzz(func(t *testing.T, payload []byte) {
		c := loneClient()
		r := &room{id: "hall"}
		r.entries = c.entriesFeed(r)
		c.rooms["hall"] = r
		for _, feed := range append(c.news.all(), &c.ultra.changes, &r.entries) {
			before := feed.cursor
			if more, err := feed.take(payload); err == nil && feed.cursor < before {
				t.Errorf("%s went from %d back to %d, more %v", feed.topic, before, feed.cursor, more)
			}
		}
	})
}

// loneClient has no connection.
func loneClient() *Client {
	c := &Client{user: "me", rooms: map[string]*room{}, watching: true, fed: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	c.options = Options{AppKey: "k", Token: "t", Navigators: []string{"http://localhost"}}
	if err := c.options.complete(); err != nil {
		panic(err)
	}
	c.news, c.ultra = c.newNews(1), c.newUltra()
	return c
}
