package imtest

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/auth"
)

// The app that the servers of this package serve.
const (
	AppKey    = "test-app"
	AppSecret = "test-app-secret"
)

// App is the app's own server: it makes tokens and calls the Server API.
type App struct {
	t   testing.TB
	url string
}

// Token is a token of user that does not expire.
func (a App) Token(user chat.UserID) string {
	a.t.Helper()
	return a.TokenFor(AppKey, AppSecret, user, time.Now(), 0)
}

// TokenFor is a token as an app with key and secret issues it at a time, good
// for life; 0 is for ever.
func (a App) TokenFor(key, secret string, user chat.UserID, at time.Time, life time.Duration) string {
	a.t.Helper()
	tokens, err := auth.NewTokens(auth.App{Key: key, Secret: secret})
	if err != nil {
		a.t.Fatal(err)
	}
	token, err := tokens.Issue(user, at, life)
	if err != nil {
		a.t.Fatal(err)
	}
	return token
}

// web trusts the certificates that tests make for themselves, and leaves no
// connection behind.
var web = &http.Client{
	Timeout:   patience,
	Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
}

// Request is a signed request to the Server API, not sent yet.
func (a App) Request(path string, form url.Values) *http.Request {
	a.t.Helper()
	r, err := http.NewRequest(http.MethodPost, a.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	nonce, timestamp := rand.Text(), strconv.FormatInt(time.Now().UnixMilli(), 10)
	signature := auth.Sign(AppSecret, nonce, timestamp)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("App-Key", AppKey)
	r.Header.Set("Nonce", nonce)
	r.Header.Set("Timestamp", timestamp)
	r.Header.Set("Signature", hex.EncodeToString(signature[:]))
	return r
}

// Answer is what the Server API said.
type Answer struct {
	Code        int    `json:"code"`
	Message     string `json:"errorMessage"`
	Status      string `json:"status"` // of /user/checkOnline
	MessageUIDs []struct {
		UserID     string   `json:"userId"`
		GroupID    string   `json:"groupId"`
		MessageUID chat.UID `json:"messageUID"`
	} `json:"messageUIDs"`
}

// Do sends a request to the Server API.
func (a App) Do(r *http.Request) (Answer, error) {
	var answer Answer
	response, err := web.Do(r)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("%s: status %d: %w", r.URL.Path, response.StatusCode, err)
	}
	return answer, nil
}

// Post calls the Server API, which must agree.
func (a App) Post(path string, form url.Values) Answer {
	a.t.Helper()
	answer, err := a.Do(a.Request(path, form))
	if err != nil {
		a.t.Fatal(err)
	}
	if answer.Code != http.StatusOK {
		a.t.Fatalf("%s: code %d, %s", path, answer.Code, answer.Message)
	}
	return answer
}

// Online says whether the Server API calls user online.
func (a App) Online(user chat.UserID) bool {
	a.t.Helper()
	return a.Post("/user/checkOnline.json", url.Values{"userId": {string(user)}}).Status == "1"
}

// AwaitOffline asks until user is not online any more, which nothing else
// tells. It calls meanwhile, if not nil, after each asking.
func (a App) AwaitOffline(user chat.UserID, meanwhile func()) {
	a.t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for until := time.Now().Add(patience); a.Online(user); <-again.C {
		if meanwhile != nil {
			meanwhile()
		}
		if time.Now().After(until) {
			a.t.Fatalf("%s is still online", user)
		}
	}
}

// Join makes users members of a group, which exists afterwards.
func (a App) Join(group string, users ...chat.UserID) {
	a.t.Helper()
	a.Post("/group/join.json", url.Values{"groupId": {group}, "groupName": {group}, "userId": texts(users)})
}

// Leave ends the membership of users.
func (a App) Leave(group string, users ...chat.UserID) {
	a.t.Helper()
	a.Post("/group/quit.json", url.Values{"groupId": {group}, "userId": texts(users)})
}

// Publish sends a text from a user in one call to several targets, which are
// users or groups, and returns the names of the messages in their order.
func (a App) Publish(typ chat.ConversationType, from chat.UserID, text string, targets ...string) []chat.UID {
	a.t.Helper()
	form := url.Values{
		"fromUserId": {string(from)}, "objectName": {"RC:TxtMsg"}, "content": {string(content(text))}, "isIncludeSender": {"1"},
	}
	path := map[chat.ConversationType]string{chat.Private: "private", chat.Group: "group", chat.System: "system", chat.Chatroom: "chatroom"}
	to := map[chat.ConversationType]string{chat.Private: "toUserId", chat.Group: "toGroupId", chat.System: "toUserId", chat.Chatroom: "toChatroomId"}
	form[to[typ]] = targets
	answer := a.Post("/message/"+path[typ]+"/publish.json", form)
	uids := make([]chat.UID, len(answer.MessageUIDs))
	for i, u := range answer.MessageUIDs {
		uids[i] = u.MessageUID
	}
	return uids
}

// Get reads a page of the server that is not part of the Server API.
func (a App) Get(path string) (status int, body string) {
	a.t.Helper()
	response, err := web.Get(a.url + path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func texts(users []chat.UserID) []string {
	texts := make([]string, len(users))
	for i, u := range users {
		texts[i] = string(u)
	}
	return texts
}
