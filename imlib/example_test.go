package imlib_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// The page's first sample: a text to a group that addresses a user by @.
func ExampleClient_Send() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := imlib.Connect(ctx, imlib.Options{
		AppKey: "hongyan-dev", Token: "…", Navigators: []string{"http://127.0.0.1:8080"}, SendOnly: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	sent, err := client.Send(ctx, imlib.Group("team"),
		imlib.TextMessage{Content: "look at this", Common: imlib.Common{Extra: "passed on as it is"}},
		imlib.Mention(imlib.Mentions{Users: []chat.UserID{"zhangsan"}}))
	if chat.CodeOf(err) == chat.NotInGroup {
		fmt.Println("join the group first")
		return
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("sent", sent.UID, "at", sent.Time)
}

// The page's second sample: a message whose sending failed is sent again. The
// server recognises it, so that nobody receives it twice.
func ExampleMessageID() {
	var client *imlib.Client // from imlib.Connect
	ctx := context.Background()
	message := imlib.TextMessage{Content: "once"}
	sent, err := client.Send(ctx, imlib.Group("team"), message)
	if err != nil {
		sent, err = client.Send(ctx, imlib.Group("team"), message, imlib.MessageID(sent.MessageID))
	}
	fmt.Println(sent.UID, err)
}

func ExampleClient_Messages() {
	var client *imlib.Client // from imlib.Connect
	for m, err := range client.Messages(context.Background()) {
		if err != nil {
			log.Fatal(err) // the client ended for this reason
		}
		switch content := m.Content.(type) {
		case imlib.TextMessage:
			fmt.Println(m.Sender, "says", content.Content)
		case imlib.TypingStatus:
			fmt.Println(m.Sender, "is typing")
		case imlib.RecallCommand:
			fmt.Println(content.UID, "was taken back")
		case imlib.Custom:
			fmt.Println(content.ObjectName, string(content.JSON))
		}
	}
}

// order is an app's own type of message.
type order struct {
	Number int `json:"number"`
	imlib.Common
}

func (order) Kind() imlib.Kind {
	return imlib.Kind{ObjectName: "shop:order", Persisted: true, Counted: true}
}

func ExampleContent() {
	var client *imlib.Client // from imlib.Connect
	_, err := client.Send(context.Background(), imlib.Private("bob"), order{Number: 7})
	fmt.Println(err)
}

func ExampleClient_JoinChatroom() {
	var client *imlib.Client // from imlib.Connect
	room, err := client.JoinChatroom(context.Background(), "lobby", 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.Members, "are here")
}
