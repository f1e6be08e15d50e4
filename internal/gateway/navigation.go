package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/internal/session"
)

// Navigation says what official clients are told before they connect.
type Navigation struct {
	// Address is where clients open their WebSocket: "host:port", or a URL
	// such as "wss://im.example.com" whose scheme then holds for everybody.
	// Empty is the host that the client asked by, so a node needs no
	// configuration to be reached by any of its names.
	Address string

	// TrustForwarded believes X-Forwarded-Proto and X-Forwarded-Host. Turn it
	// on only behind a proxy that sets both.
	TrustForwarded bool

	// FlagByte has clients speak protocol version 4, whose CONNACK begins with
	// a byte of flags, rather than version 3.
	FlagByte bool

	// Counting says who counts what is unread in an app. nil means that
	// everywhere a device does.
	Counting func(appKey string) session.Counting

	// Files is where clients reach the files of this server, a URL. Empty is
	// the path /files of the host that they asked by.
	Files string
	// Storage is where clients of the minio kind upload, a URL. Empty is Files.
	Storage string

	// Apps are what the clients of an app are told, by its key.
	Apps map[string]AppNavigation
}

// AppNavigation is what the clients of one app are told. The zero value
// switches off what it stands for.
type AppNavigation struct {
	Receipts    int // the generation of read receipts, as the SDK numbers them
	EditMinutes int // how long a message may be edited, for the app to show
}

// Handler answers POST /v2/navi.json, which SDK 5.38 asks, and GET /navi.js,
// which 5.7.3 asks, from pages of any origin.
//
// It does not look at the token. An answer that refuses can only say "token
// incorrect", and 5.7.3 shows even that as a failed request, while the CONNACK
// has a code for each reason (31004, 31020, 31009, …) that every version shows
// as it is. What is told here is no secret: it is the same for every user. Since
// clients keep the answer for two hours, nothing that depends on the moment or
// on the user may be in it; on the app it may depend.
func (n Navigation) Handler() (http.Handler, error) {
	if _, _, err := splitAddress(n.Address); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/navi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		n.answer(w, r, "", "")
	})
	mux.HandleFunc("GET /navi.js", func(w http.ResponseWriter, r *http.Request) {
		// The client fetches this as text and takes what is between the first
		// and the last brace. The call around it is for those who load it as a script.
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		n.answer(w, r, callback(r)+"(", ");")
	})
	mux.HandleFunc("OPTIONS /v2/navi.json", preflight)
	return mux, nil
}

func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "RC-Appkey, RC-Negotiate, Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// directions is the answer. Every other field that the SDK knows is left out,
// which switches off what it stands for: log uploads, subscriptions.
type directions struct {
	Code int `json:"code"`

	// Type is always 0. The SDK refuses to connect when it is 1.
	Type int `json:"type"`

	ServerAddr []endpoint `json:"serverAddr"`

	// Server is what 5.7.3 reads instead of ServerAddr. There is no
	// backupServer: an empty one would be tried as an address.
	Server string `json:"server"`

	OpenAnti int `json:"openAnti"`

	// OpenHistoryMsg 1 makes a pushed message that is not a status message a
	// hint to pull, so that the cursor alone decides what is delivered.
	OpenHistoryMsg int `json:"openHistoryMsg"`

	// SupportRecallRefactor 1 shows a recalled message as RC:RcNtf in the
	// conversation list. Without it the command RC:RcCmd would show there.
	SupportRecallRefactor int `json:"supportRecallRefactor"`

	// UserProfile 1 has the SDK ask for users and groups.
	UserProfile int `json:"userProfile"`

	// ServerSaveUnread 1 has clients ask the server what is unread instead of
	// counting. They then refuse the calls that mark as read on this device.
	ServerSaveUnread int `json:"serverSaveUnread"`

	// SesDriven 1 has a client mark as read by the topic updRTime instead of a
	// message.
	SesDriven int `json:"sesDriven"`

	// SessionMode is a set of bits, of which 1 opens the calls about
	// conversations that ask the server each time; clients then neither count
	// nor keep latest messages.
	SessionMode int `json:"sessionMode"`

	// GrpRRVer is the generation of read receipts; with another one than an
	// app asks for, the SDK refuses. MsgModifyMinute is only shown.
	GrpRRVer        int `json:"grpRRVer"`
	MsgModifyMinute int `json:"msgModifyMinute"`

	// KvStorage 1 makes a client that joined a chatroom pull its entries.
	KvStorage int `json:"kvStorage"`

	LogSwitch int `json:"logSwitch"`

	// UgMsg 1 has the SDK ask for ultra groups. UgDriven 2 has it name the
	// default channel where the app names none.
	UgMsg    int `json:"ugMsg"`
	UgDriven int `json:"ugDriven"`

	// OssConfig is the list of places to upload to, as JSON in a text; the next
	// is tried when one fails. Only one of the minio kind is told whether a
	// file is to be shown or saved. UploadServer is for who knows no list.
	OssConfig    string `json:"ossConfig"`
	UploadServer string `json:"uploadServer"`
}

// bodyTimeout is how long the form of a request may take to arrive.
const bodyTimeout = 10 * time.Second

type endpoint struct {
	Addr     string `json:"addr"`
	Protocol int    `json:"protocol"`
	Weight   int    `json:"weight"`
}

// How a client opens an endpoint. There are other numbers, which the web SDK
// opens as wss.
const (
	protocolWS  = 5
	protocolWSS = 6
)

func (n Navigation) answer(w http.ResponseWriter, r *http.Request, before, after string) {
	// The server awaits the body, though the answer does not depend on it.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	addr, protocol := n.endpoint(r)
	if addr == "" {
		http.Error(w, "the request names no host", http.StatusBadRequest)
		return
	}
	d := directions{
		Code:                  http.StatusOK,
		ServerAddr:            []endpoint{{Addr: addr, Protocol: protocol, Weight: 100}},
		Server:                addr,
		OpenHistoryMsg:        1,
		SupportRecallRefactor: 1,
		UserProfile:           1,
		KvStorage:             1,
		UgMsg:                 1,
		UgDriven:              2,
		SesDriven:             1,
	}
	if n.FlagByte {
		d.OpenAnti = 1
	}
	if n.Counting != nil {
		switch n.Counting(appKey(r)) {
		case session.ByServer:
			d.ServerSaveUnread = 1
		case session.Realtime:
			d.SessionMode = 1
		}
	}
	d.UploadServer = n.FilesURL(r)
	d.OssConfig = uploadTargets(cmp.Or(n.Storage, d.UploadServer), d.UploadServer)
	app := n.Apps[appKey(r)]
	d.GrpRRVer, d.MsgModifyMinute = app.Receipts, app.EditMinutes
	body, err := json.Marshal(d)
	if err != nil {
		http.Error(w, "navigation", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store") // it depends on the host asked by
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = fmt.Fprintf(w, "%s%s%s", before, body, after) // the client has gone: nobody is left to tell
}

// appKey is the app that the client of r says to be of.
func appKey(r *http.Request) string {
	if key := r.Header.Get("RC-Appkey"); key != "" {
		return key
	}
	return r.URL.Query().Get("appId")
}

// uploadTargets are a place to upload to and the one to try after it.
func uploadTargets(minio, form string) string {
	text, _ := json.Marshal([]map[string]string{{"minio": minio, "p": "1"}, {"qiniu": form, "p": "2"}}) // texts only
	return string(text)
}

// FilesURL is where the client of r reaches the files of this server.
func (n Navigation) FilesURL(r *http.Request) string {
	if n.Files != "" {
		return n.Files
	}
	addr, protocol := n.endpoint(r)
	if protocol == protocolWSS {
		return "https://" + strings.TrimSuffix(addr, ":443") + "/files"
	}
	return "http://" + strings.TrimSuffix(addr, ":80") + "/files"
}

// endpoint is where the client of r opens its WebSocket. The address is empty
// when neither the configuration nor the request names a host.
func (n Navigation) endpoint(r *http.Request) (addr string, protocol int) {
	addr, scheme, _ := splitAddress(n.Address)
	host, secure := r.Host, r.TLS != nil
	if n.TrustForwarded {
		if p := first(r, "X-Forwarded-Proto"); p != "" {
			secure = p == "https" || p == "wss"
		}
		if h := first(r, "X-Forwarded-Host"); h != "" {
			host = h
		}
	}
	if scheme != "" {
		secure = scheme == "wss"
	}
	if addr == "" {
		addr = host
	}
	if secure {
		return withPort(addr, "443"), protocolWSS
	}
	return withPort(addr, "80"), protocolWS
}

// first is what the outermost of several proxies said.
func first(r *http.Request, header string) string {
	v, _, _ := strings.Cut(r.Header.Get(header), ",")
	return strings.TrimSpace(v)
}

// withPort adds the port that a browser leaves out of the Host header, because
// the protocol wants "host:port".
func withPort(addr, port string) string {
	if addr == "" {
		return ""
	}
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	return net.JoinHostPort(strings.Trim(addr, "[]"), port)
}

// splitAddress takes a configured address apart. The scheme is ws, wss or empty.
func splitAddress(address string) (addr, scheme string, err error) {
	addr, scheme = address, ""
	if s, rest, ok := strings.Cut(address, "://"); ok {
		addr, scheme = strings.TrimSuffix(rest, "/"), s
		if scheme != "ws" && scheme != "wss" || addr == "" {
			return "", "", fmt.Errorf("advertised address %q: want ws://host:port or wss://host:port", address)
		}
	}
	if strings.ContainsAny(addr, "/?#@ ") {
		return "", "", fmt.Errorf("advertised address %q: want a host and a port, without a path", address)
	}
	return addr, scheme, nil
}

// callback is the function name that a script asked for, when it is a plain
// one: the answer must not become a script of somebody else's making.
func callback(r *http.Request) string {
	name := r.URL.Query().Get("callBack")
	if name == "" || len(name) > 64 {
		return "callback"
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c == '.') {
			return "callback"
		}
	}
	return name
}
