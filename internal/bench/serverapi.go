package bench

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// serverAPI calls the REST API of a Hongyan server as an app's own server does.
type serverAPI struct {
	base           string // such as http://127.0.0.1:8080
	appKey, secret string
}

// token makes user known and returns a token to connect with.
func (a serverAPI) token(ctx context.Context, user string) (string, error) {
	var answer struct {
		Token string `json:"token"`
	}
	err := a.call(ctx, "/user/getToken.json", url.Values{"userId": {user}, "name": {user}}, &answer)
	return answer.Token, err
}

// createGroup makes users members of a group; those who are stay so.
func (a serverAPI) createGroup(ctx context.Context, id string, users []string) error {
	return a.call(ctx, "/group/create.json", url.Values{"groupId": {id}, "groupName": {id}, "userId": users}, nil)
}

// call posts form to path and decodes the answer into answer, unless it is nil.
func (a serverAPI) call(ctx context.Context, path string, form url.Values, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	nonce, timestamp := strconv.FormatInt(time.Now().UnixNano()%1e15, 10), strconv.FormatInt(time.Now().UnixMilli(), 10)
	signature := sha1.Sum([]byte(a.secret + nonce + timestamp))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("App-Key", a.appKey)
	req.Header.Set("Nonce", nonce)
	req.Header.Set("Timestamp", timestamp)
	req.Header.Set("Signature", hex.EncodeToString(signature[:]))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %.200s", path, resp.Status, body)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
