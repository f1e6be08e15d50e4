package imlib

import (
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

func TestDecodeNavigation(t *testing.T) {
	const good = `{"code":200,"serverAddr":[
		{"addr":"low:1","protocol":5,"weight":1},{"addr":"high:2","protocol":6,"weight":100},
		{"addr":"quic:3","protocol":4,"weight":200},{"addr":"","protocol":5,"weight":300}]}`
	for _, c := range []struct {
		name   string
		status int
		body   string
		urls   []string
		code   chat.Code // of a refusal; 0 for another error
	}{
		{"addresses by weight, usable ones only", 200, good, []string{"wss://high:2/websocket", "ws://low:1/websocket"}, 0},
		{"without a code", 200, `{"serverAddr":[{"addr":"a:1","protocol":5}]}`, []string{"ws://a:1/websocket"}, 0},
		{"bad token", 401, ``, nil, chat.TokenIncorrect},
		{"bad token in JSON", 200, `{"code":403}`, nil, chat.TokenIncorrect},
		{"licence", 416, ``, nil, chat.LicenceExpired},
		{"server error", 500, ``, nil, 0},
		{"server error in JSON", 200, `{"code":500}`, nil, 0},
		{"not JSON", 200, `<html>`, nil, 0},
		{"no address", 200, `{"code":200}`, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := decodeNavigation("http://n", c.status, []byte(c.body))
			var urls []string
			for _, a := range found {
				u := a.url()
				urls = append(urls, u.String())
			}
			if !slices.Equal(urls, c.urls) || (err == nil) != (c.urls != nil) {
				t.Errorf("leads to %q, %v", urls, err)
			}
			if refused(err) != (c.code != 0) || c.code != 0 && chat.CodeOf(err) != c.code {
				t.Errorf("error is %v", err)
			}
		})
	}
}
