package imlib_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// What a program that shows conversations to a person does: one loop, in which
// a message comes before what happens to it.
func ExampleClient_Events() {
	var client *imlib.Client // from imlib.Connect
	for e, err := range client.Events(context.Background()) {
		if err != nil {
			log.Fatal(err) // the client ended for this reason
		}
		switch e := e.(type) {
		case imlib.Message:
			fmt.Println(e.Sender, "says", string(e.JSON))
		case imlib.Typing:
			fmt.Println(e.User, "is typing")
		case imlib.Recalled:
			fmt.Println(e.UID, "was taken back by", e.By)
		case imlib.Edited:
			fmt.Println(e.Message.UID, "now says", string(e.Message.JSON))
		case imlib.UnreadChanged:
			fmt.Println(e.Unread.Count, "are unread of", e.Conversation.Target)
		case imlib.ConnectionChanged:
			fmt.Println("the connection is", e.State)
		case imlib.Missed:
			fmt.Println(e.Count, "events went by")
		}
	}
}

func ExampleClient_Conversations() {
	var client *imlib.Client // from imlib.Connect
	for s, err := range client.Conversations(context.Background(), imlib.ListQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Conversation.Target, s.Unread.Count, s.Changed.Format(time.Kitchen))
	}
}

// All that was said in a group, the newest first, in pages of 100.
func ExampleClient_Scroll() {
	var client *imlib.Client // from imlib.Connect
	for m, err := range client.Scroll(context.Background(), imlib.Group("team"), imlib.HistoryQuery{Count: 100}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Time, m.Sender, string(m.JSON))
	}
}

func ExampleClient_Edit() {
	var client *imlib.Client // from imlib.Connect
	ctx := context.Background()
	sent, err := client.Send(ctx, imlib.Private("bob"), imlib.TextMessage{Content: "helo"})
	if err != nil {
		log.Fatal(err)
	}
	edited, err := client.Edit(ctx, imlib.Private("bob"), sent.UID, imlib.TextMessage{Content: "hello"})
	if chat.CodeOf(err) == chat.EditTooLate {
		fmt.Println("it stays as it is")
		return
	}
	fmt.Println(string(edited.JSON), err)
}

// A song that everybody in a chatroom hears, and sees change.
func ExampleClient_SetChatroomEntry() {
	var client *imlib.Client // from imlib.Connect
	ctx := context.Background()
	if _, err := client.JoinChatroom(ctx, "lobby", 0); err != nil {
		log.Fatal(err)
	}
	err := client.SetChatroomEntry(ctx, "lobby", "song", "Für Elise", imlib.EntryAutoDelete())
	if chat.CodeOf(err) == chat.EntryNotYours {
		fmt.Println("somebody else chose the song")
	}
}
