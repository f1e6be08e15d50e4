package node

import (
	"net/http"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/web"
	"github.com/hongyan-im/hongyan/wire"
)

// demoTokenLife is how long the tokens of the demo page are good for.
const demoTokenLife = 30 * 24 * time.Hour

// mountDemo serves the page with two users who chat, and tokens for whoever
// asks: only a server in dev mode does that.
func (n *Node) mountDemo(mux *http.ServeMux) {
	tokens := n.realms[0].tokens // the dev app comes first
	mux.Handle("/", web.Handler(func(user string) (appKey, token string, err error) {
		if err := wire.CheckID("user", user); err != nil {
			return "", "", err
		}
		token, err = tokens.Issue(chat.UserID(user), time.Now(), demoTokenLife)
		return DevKey, token, err
	}))
}
