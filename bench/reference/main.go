// Command reference is the server that Hongyan is measured against: pub/sub
// from memory on the centrifuge library, which stores nothing and forgets a
// message once it is written to its sockets. It is set up to be as fast as the
// library goes: binary protocol, no history, no presence, no log.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/centrifugal/centrifuge"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "`address` to listen on")
	flag.Parse()
	log.Fatal(serve(*listen))
}

func serve(listen string) error {
	node, err := centrifuge.New(centrifuge.Config{
		LogLevel:           centrifuge.LogLevelNone,
		ClientQueueMaxSize: 256 << 20, // a slow reader is never cut off: the generator must see every message
	})
	if err != nil {
		return err
	}
	node.OnConnecting(admit)
	node.OnConnect(serveClient)
	if err := node.Run(); err != nil {
		return err
	}
	http.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		UseWriteBufferPool: true, // less memory per idle connection
		WriteTimeout:       time.Minute,
		// Nor is one that answers pings late, because it shares the processor: there are none.
		PingPongConfig: centrifuge.PingPongConfig{PingInterval: -1},
	}))
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"ok","durability":"none: memory only"}`)
	})
	fmt.Println("reference: listening on", listen)
	return http.ListenAndServe(listen, nil)
}

// admit takes the token as the user's name: the reference does not spend time
// on a signature.
func admit(_ context.Context, e centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
	return centrifuge.ConnectReply{
		Credentials:        &centrifuge.Credentials{UserID: e.Token},
		MaxMessagesInFrame: -1, // one frame holds whatever is queued
	}, nil
}

func serveClient(c *centrifuge.Client) {
	c.OnSubscribe(func(_ centrifuge.SubscribeEvent, done centrifuge.SubscribeCallback) {
		done(centrifuge.SubscribeReply{}, nil)
	})
	c.OnPublish(func(_ centrifuge.PublishEvent, done centrifuge.PublishCallback) {
		done(centrifuge.PublishReply{}, nil)
	})
}
