package imlib_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// These examples run against a real server, which a stage starts for each.
// Programs connect as ExampleClient_Send does.

// stage is what a test would be to the server and the clients of an example.
type stage struct {
	testing.TB // of which only what follows is called
	node       *imtest.Node
	after      []func()
}

func newStage() *stage {
	s := new(stage)
	s.node = imtest.Start(s)
	return s
}

func (s *stage) Helper()                      {}
func (s *stage) Context() context.Context     { return context.Background() }
func (s *stage) Cleanup(f func())             { s.after = append(s.after, f) }
func (s *stage) Fatal(args ...any)            { log.Panic(args...) }
func (s *stage) Fatalf(f string, args ...any) { log.Panicf(f, args...) }
func (s *stage) Errorf(f string, args ...any) { log.Panicf(f, args...) }

func (s *stage) TempDir() string {
	dir, err := os.MkdirTemp("", "hongyan-example-")
	if err != nil {
		log.Panic(err)
	}
	s.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// connect connects a user.
func (s *stage) connect(user chat.UserID) *imlib.Client { return connect(s, s.node, user) }

// end ends the clients and the server.
func (s *stage) end() {
	for len(s.after) > 0 {
		f := s.after[len(s.after)-1]
		s.after = s.after[:len(s.after)-1]
		f()
	}
}

// A bot that says what it hears, to whoever says it.
func Example_echoBot() {
	stage := newStage()
	defer stage.end()
	ctx, stop := context.WithCancel(context.Background())
	bot, alice := stage.connect("echo"), stage.connect("alice")

	done := make(chan error)
	go func() {
		for m, err := range bot.Messages(ctx) {
			if err != nil {
				done <- err // the program was told to stop, or the client ended
				return
			}
			text, ok := m.Content.(imlib.TextMessage)
			if !ok || m.Own {
				continue
			}
			if _, err := bot.Send(context.Background(), m.Conversation, text); err != nil {
				log.Print(err)
			}
		}
	}()

	if _, err := alice.Send(ctx, imlib.Private("echo"), imlib.TextMessage{Content: "is anybody there?"}); err != nil {
		log.Panic(err)
	}
	for m, err := range alice.Messages(ctx) {
		if err != nil {
			log.Panic(err)
		}
		fmt.Println(m.Sender, "says:", m.Content.(imlib.TextMessage).Content)
		break
	}
	stop()
	fmt.Println("the bot ended:", <-done)
	// Output:
	// echo says: is anybody there?
	// the bot ended: context canceled
}

// A bot in a group that answers who mentions it, and shows what it answers.
func Example_mentionBot() {
	stage := newStage()
	defer stage.end()
	stage.node.Join("team", "helper", "alice")
	ctx, stop := context.WithCancel(context.Background())
	bot, alice := stage.connect("helper"), stage.connect("alice")

	done := make(chan error)
	go func() {
		for m, err := range bot.Messages(ctx) {
			if err != nil {
				done <- err
				return
			}
			if m.Mentions == nil || !m.Mentions.All && !slices.Contains(m.Mentions.Users, bot.User()) {
				continue
			}
			_, err := bot.Send(context.Background(), m.Conversation, imlib.Refer(m, "I am here"),
				imlib.Mention(imlib.Mentions{Users: []chat.UserID{m.Sender}}))
			if err != nil {
				log.Print(err)
			}
		}
	}()

	team := imlib.Group("team")
	for text, mentioned := range map[string][]chat.UserID{"hello all": nil, "@helper are you there?": {"helper"}} {
		var options []imlib.SendOption
		if mentioned != nil {
			options = append(options, imlib.Mention(imlib.Mentions{Users: mentioned}))
		}
		if _, err := alice.Send(ctx, team, imlib.TextMessage{Content: text}, options...); err != nil {
			log.Panic(err)
		}
	}
	for m, err := range alice.Messages(ctx) {
		if err != nil {
			log.Panic(err)
		}
		answer := m.Content.(imlib.ReferenceMessage)
		fmt.Printf("%s to %v: %s, about %s\n", m.Sender, m.Mentions.Users, answer.Content, answer.Message)
		break
	}
	stop()
	<-done
	// Output:
	// helper to [alice]: I am here, about {"content":"@helper are you there?","mentionedInfo":{"type":2,"userIdList":["helper"]}}
}

// A program that sends files. One that breaks off is gone on with, in this
// process or a later one, when it keeps what Sent says.
func ExampleClient_SendFile() {
	stage := newStage()
	defer stage.end()
	ctx := context.Background()
	client, bob := stage.connect("alice"), stage.connect("bob")

	upload := imlib.Upload{
		Name: "report.txt", Body: strings.NewReader("all is well"), // or an *os.File
		Progress: func(p imlib.Progress) {
			if p.Percent() == 100 {
				fmt.Println("all", p.Total, "bytes are there")
			}
		},
	}
	sent, err := client.SendFile(ctx, imlib.Private("bob"), upload)
	for tries := 0; err != nil && sent.Resume != "" && tries < 3; tries++ {
		upload.Resume = sent.Resume
		sent, err = client.SendFile(ctx, imlib.Private("bob"), upload, imlib.MessageID(sent.MessageID))
	}
	if err != nil {
		log.Panic(err)
	}
	for m, err := range bob.Messages(ctx) {
		if err != nil {
			log.Panic(err)
		}
		file := m.Content.(imlib.FileMessage)
		fmt.Println("bob received", file.Name, "of", file.Size, "bytes, a", file.Type)
		break
	}
	// Output:
	// all 11 bytes are there
	// bob received report.txt of 11 bytes, a txt
}

// A bridge: what other systems post to a webhook is told to a group. With a
// pace it is never too fast for the server, however much is posted.
func Example_bridgeFromWebhook() {
	stage := newStage()
	defer stage.end()
	stage.node.Join("ops", "bridge", "alice")
	alice := stage.connect("alice")
	bridge := connect(stage, stage.node, "bridge", func(o *imlib.Options) { o.SendOnly, o.Pace = true, 5 })

	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var alert struct{ Service, State string }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&alert); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, err := bridge.Send(r.Context(), imlib.Group("ops"), imlib.TextMessage{Content: alert.Service + " is " + alert.State})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway) // so that the caller tries again
		}
	}))
	defer hook.Close()

	answer, err := hook.Client().Post(hook.URL, "application/json", strings.NewReader(`{"service":"db","state":"down"}`))
	if err != nil {
		log.Panic(err)
	}
	_ = answer.Body.Close()
	fmt.Println("the webhook is answered with", answer.StatusCode)
	for m, err := range alice.Messages(context.Background()) {
		if err != nil {
			log.Panic(err)
		}
		fmt.Println("alice reads:", m.Content.(imlib.TextMessage).Content)
		break
	}
	// Output:
	// the webhook is answered with 200
	// alice reads: db is down
}

// One message to many, with what became of each.
func ExampleClient_Broadcast() {
	stage := newStage()
	defer stage.end()
	client := stage.connect("alice")
	to := []chat.Conversation{imlib.Private("bob"), imlib.Group("elsewhere"), imlib.Private("carol")}
	for d := range client.Broadcast(context.Background(), to, imlib.TextMessage{Content: "hello"}) {
		fmt.Printf("%d of %d, to %s: %v\n", d.Number, d.Of, d.To.Target, d.Err)
	}
	// Output:
	// 1 of 3, to bob: <nil>
	// 2 of 3, to elsewhere: the server refused the message: the user is not in the group (22406)
	// 3 of 3, to carol: <nil>
}

// An app's own type of message is received as its struct.
func ExampleRegisterMessageType() {
	stage := newStage()
	defer stage.end()
	ctx := context.Background()
	var types imlib.MessageTypes
	if err := imlib.RegisterMessageType[order](&types); err != nil {
		log.Panic(err)
	}
	shop := connect(stage, stage.node, "shop", func(o *imlib.Options) { o.Types = &types })
	if _, err := stage.connect("alice").Send(ctx, imlib.Private("shop"), order{Number: 7}); err != nil {
		log.Panic(err)
	}
	for m, err := range shop.Messages(ctx) {
		if err != nil {
			log.Panic(err)
		}
		fmt.Println("order", m.Content.(order).Number)
		break
	}
	// Output:
	// order 7
}
