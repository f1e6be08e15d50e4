package imlib

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

const (
	// sdkVersion is the official Web SDK whose spelling of the protocol we
	// use; a server reads some flags by it.
	sdkVersion = "5.38.0"

	navigationTimeout = 10 * time.Second
	navigationLife    = 2 * time.Hour
	maxNavigation     = 1 << 20 // bytes of an answer
)

// address is one place to connect to.
type address struct {
	Addr     string `json:"addr"`     // host:port
	Protocol int    `json:"protocol"` // 5 is ws, 6 is wss
	Weight   int    `json:"weight"`   // larger is tried first
}

const (
	protocolWS  = 5
	protocolWSS = 6
)

func (a address) url() url.URL {
	scheme := "ws"
	if a.Protocol == protocolWSS {
		scheme = "wss"
	}
	return url.URL{Scheme: scheme, Host: a.Addr, Path: "/websocket"}
}

// navigation asks the navigators where to connect and remembers the answer.
type navigation struct {
	http    *http.Client
	known   []address
	expiry  time.Time
	storage atomic.Pointer[storage] // where files go; nil until a navigator answered
}

// addresses returns where to connect, the best first. It asks again when told
// to, or when the last answer is too old; while no navigator answers, the last
// answer is better than none. PROTOCOL.md#navigation
func (n *navigation) addresses(ctx context.Context, o *Options, again bool) ([]address, error) {
	if !again && time.Now().Before(n.expiry) {
		return n.known, nil
	}
	var errs []error
	for _, base := range o.Navigators {
		found, err := n.ask(ctx, base, o)
		if err == nil {
			n.known, n.expiry = found, time.Now().Add(navigationLife)
			return found, nil
		}
		if refused(err) || ctx.Err() != nil {
			return nil, err // another navigator would say the same
		}
		errs = append(errs, err)
	}
	if n.known != nil {
		o.Log.Warn("no navigator answers; its last answer is used", "error", errors.Join(errs...))
		return n.known, nil
	}
	return nil, errors.Join(errs...)
}

func refused(err error) bool {
	var coded *chat.Error
	return errors.As(err, &coded)
}

func (n *navigation) ask(ctx context.Context, base string, o *Options) ([]address, error) {
	ctx, cancel := context.WithTimeout(ctx, navigationTimeout)
	defer cancel()
	form := url.Values{"token": {o.Token}, "v": {sdkVersion}, "platfrom": {"go"}} // sic: so the protocol spells it
	r, err := http.NewRequestWithContext(ctx, http.MethodPost,
		strings.TrimSuffix(base, "/")+"/v2/navi.json?cloud=0", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, chat.Errorf(chat.BadParameter, "%q is not the URL of a server", base)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("RC-Appkey", o.AppKey)
	resp, err := n.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", base, err)
	}
	defer resp.Body.Close() // nothing is left to learn from its error
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxNavigation))
	if err != nil {
		return nil, fmt.Errorf("cannot read the answer of %s: %w", base, err)
	}
	found, err := decodeNavigation(base, resp.StatusCode, body)
	if err == nil {
		n.storage.Store(decodeStorage(body))
	}
	return found, err
}

func decodeNavigation(base string, status int, body []byte) ([]address, error) {
	var a struct {
		Code      int       `json:"code"`
		Addresses []address `json:"serverAddr"`
	}
	err := json.Unmarshal(body, &a)
	if status == http.StatusOK && a.Code != 0 {
		status = a.Code
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return nil, refusal(chat.TokenIncorrect, base+" refused")
	case status == http.StatusRequestedRangeNotSatisfiable:
		return nil, refusal(chat.LicenceExpired, base+" refused")
	case status != http.StatusOK:
		return nil, fmt.Errorf("%s answered with status %d", base, status)
	case err != nil:
		return nil, fmt.Errorf("%s does not answer like a navigator: %w", base, err)
	}
	usable := slices.DeleteFunc(a.Addresses, func(a address) bool {
		return a.Addr == "" || a.Protocol != protocolWS && a.Protocol != protocolWSS
	})
	if len(usable) == 0 {
		return nil, fmt.Errorf("%s names no server to connect to", base)
	}
	slices.SortStableFunc(usable, func(a, b address) int { return cmp.Compare(b.Weight, a.Weight) })
	return usable, nil
}
