package imlib_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
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

// A bank keeps its accounts and how far it has read in one file, so that no
// crash can make it book a message twice or never.
type bank struct {
	Total  int       `json:"total"`
	Cursor chat.Tick `json:"cursor"`
}

func (b *bank) Load(context.Context, chat.UserID) (chat.Tick, error) { return b.Cursor, nil }

// Save writes the total and the cursor together.
func (b *bank) Save(_ context.Context, _ chat.UserID, cursor chat.Tick) error {
	b.Cursor = cursor
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if err := os.WriteFile("bank.json.new", text, 0o600); err != nil {
		return err
	}
	return os.Rename("bank.json.new", "bank.json")
}

func ExampleCursors() {
	accounts := new(bank)
	if text, err := os.ReadFile("bank.json"); err == nil {
		if err := json.Unmarshal(text, accounts); err != nil {
			log.Fatal(err)
		}
	}
	client, err := imlib.Connect(context.Background(), imlib.Options{
		AppKey: "hongyan-dev", Token: "…", Navigators: []string{"http://127.0.0.1:8080"}, Cursors: accounts,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	for m, err := range client.Messages(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		if text, ok := m.Content.(imlib.TextMessage); ok {
			amount, _ := strconv.Atoi(text.Content)
			accounts.Total += amount // on disk with the cursor, or not at all
		}
	}
}

// A program that must get its messages out, however often it is restarted.
func ExampleClient_Post() {
	ctx := context.Background()
	client, err := imlib.Connect(ctx, imlib.Options{
		AppKey: "hongyan-dev", Token: "…", Navigators: []string{"http://127.0.0.1:8080"}, SendOnly: true,
		Dir: "/var/lib/alarms",
		OnOutcome: func(o imlib.Outcome) {
			if o.Err != nil {
				log.Printf("message %d to %s was given up: %v", o.MessageID, o.To.Target, o.Err)
			}
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	for _, m := range client.Unsent() {
		fmt.Println("still on its way since", m.Since)
	}
	if _, err := client.Post(ctx, imlib.Group("on-call"), imlib.TextMessage{Content: "the cellar is wet"}, imlib.Life(time.Hour)); err != nil {
		log.Fatal(err) // it is not in the outbox
	}
}
