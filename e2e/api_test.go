package e2e

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The app of a server that runs with --dev.
const (
	appKey    = "hongyan-dev"
	appSecret = "hongyan-dev-secret"
)

// call makes a signed Server API request, requires success and returns the answer.
func (s *server) call(path string, form url.Values) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sign(req.Header)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	if answer["code"] != float64(200) {
		s.t.Fatalf("%s %v: %v", path, form, answer)
	}
	return answer
}

// sign adds the headers that prove who calls.
func sign(h http.Header) {
	nonce := rand.Text()[:16]
	timestamp := strconv.FormatInt(time.Now().UnixMilli(), 10)
	sum := sha1.Sum([]byte(appSecret + nonce + timestamp)) // the protocol's choice
	h.Set("App-Key", appKey)
	h.Set("Nonce", nonce)
	h.Set("Timestamp", timestamp)
	h.Set("Signature", hex.EncodeToString(sum[:]))
}

// token is a new token of user.
func (s *server) token(user string) string {
	s.t.Helper()
	answer := s.call("/user/getToken.json", url.Values{"userId": {user}, "name": {user}})
	token, _ := answer["token"].(string)
	if token == "" {
		s.t.Fatalf("no token in %v", answer)
	}
	return token
}

// group makes a group of users.
func (s *server) group(id string, users ...string) {
	s.t.Helper()
	s.call("/group/create.json", url.Values{"groupId": {id}, "groupName": {id}, "userId": users})
}
