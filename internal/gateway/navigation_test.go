package gateway

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func navigation(t *testing.T, n Navigation) http.Handler {
	t.Helper()
	h, err := n.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// askV2 asks as SDK 5.38 does.
func askV2(host string) *http.Request {
	r := httptest.NewRequest("POST", "/v2/navi.json?cloud=0", strings.NewReader("token=tok-alice&v=5.38.0&platfrom=browser"))
	r.Host = host
	r.Header.Set("RC-Appkey", "testkey")
	r.Header.Set("RC-Negotiate", "conn=5;rtc=4;log=2;iptype=v4,v6")
	r.Header.Set("Content-Type", "Application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://127.0.0.1:18080")
	return r
}

func TestNavigationNamesTheAddress(t *testing.T) {
	secure := func(r *http.Request) { r.TLS = &tls.ConnectionState{} }
	forwarded := func(proto, host string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("X-Forwarded-Proto", proto)
			r.Header.Set("X-Forwarded-Host", host)
		}
	}
	for name, c := range map[string]struct {
		n        Navigation
		host     string
		change   func(*http.Request)
		addr     string
		protocol int
	}{
		"the host asked by":            {Navigation{}, "127.0.0.1:8080", nil, "127.0.0.1:8080", 5},
		"over TLS":                     {Navigation{}, "im.example.com:8443", secure, "im.example.com:8443", 6},
		"no port":                      {Navigation{}, "im.example.com", nil, "im.example.com:80", 5},
		"no port over TLS":             {Navigation{}, "im.example.com", secure, "im.example.com:443", 6},
		"IPv6":                         {Navigation{}, "[::1]:8080", nil, "[::1]:8080", 5},
		"IPv6 without port":            {Navigation{}, "[::1]", nil, "[::1]:80", 5},
		"advertised":                   {Navigation{Address: "ws1.example.com:9000"}, "im.example.com", nil, "ws1.example.com:9000", 5},
		"advertised over TLS":          {Navigation{Address: "ws1.example.com:9000"}, "im.example.com", secure, "ws1.example.com:9000", 6},
		"advertised wss":               {Navigation{Address: "wss://ws1.example.com/"}, "im.example.com", nil, "ws1.example.com:443", 6},
		"advertised ws":                {Navigation{Address: "ws://ws1.example.com"}, "im.example.com", secure, "ws1.example.com:80", 5},
		"forwarded and not trusted":    {Navigation{}, "10.0.0.1:8080", forwarded("https", "im.example.com"), "10.0.0.1:8080", 5},
		"forwarded and trusted":        {Navigation{TrustForwarded: true}, "10.0.0.1:8080", forwarded("https", "im.example.com"), "im.example.com:443", 6},
		"forwarded by two proxies":     {Navigation{TrustForwarded: true}, "10.0.0.1:8080", forwarded("https, http", "im.example.com, inner"), "im.example.com:443", 6},
		"forwarded without TLS inside": {Navigation{TrustForwarded: true}, "10.0.0.1:8080", forwarded("http", ""), "10.0.0.1:8080", 5},
		"trusted, nothing forwarded":   {Navigation{TrustForwarded: true}, "10.0.0.1:8080", secure, "10.0.0.1:8080", 6},
	} {
		r := askV2(c.host)
		if c.change != nil {
			c.change(r)
		}
		w := httptest.NewRecorder()
		navigation(t, c.n).ServeHTTP(w, r)
		var d directions
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
			continue
		}
		if len(d.ServerAddr) != 1 || d.ServerAddr[0].Addr != c.addr || d.ServerAddr[0].Protocol != c.protocol || d.Server != c.addr {
			t.Errorf("%s: %+v, want %s by %d", name, d, c.addr, c.protocol)
		}
	}
}

// What clients act upon, by the names they act upon.
func TestNavigationFlags(t *testing.T) {
	for _, flagByte := range []bool{false, true} {
		w := httptest.NewRecorder()
		navigation(t, Navigation{FlagByte: flagByte}).ServeHTTP(w, askV2("h:1"))
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{"code": 200, "type": 0, "openAnti": 0, "openHistoryMsg": 1, "supportRecallRefactor": 1,
			"grpRRVer": 0, "kvStorage": 1, "ugMsg": 1, "ugDriven": 2, "logSwitch": 0}
		if flagByte {
			want["openAnti"] = 1
		}
		for name, v := range want {
			if got[name] != v {
				t.Errorf("%s is %v, want %v", name, got[name], v)
			}
		}
		if _, ok := got["backupServer"]; ok {
			t.Error("backupServer is there; 5.7.3 would try it as an address")
		}
	}
}

// What an app has, its clients are told, by either way of asking.
func TestNavigationOfAnApp(t *testing.T) {
	n := navigation(t, Navigation{Apps: map[string]AppNavigation{"shop": {Receipts: 4, EditMinutes: 3}}})
	v2 := askV2("h:1")
	v2.Header.Set("RC-Appkey", "shop")
	other := askV2("h:1")
	other.Header.Set("RC-Appkey", "other")
	for name, c := range map[string]struct {
		r              *http.Request
		receipts, edit int
	}{
		"5.38":  {v2, 4, 3},
		"5.7":   {httptest.NewRequest(http.MethodGet, "http://h:1/navi.js?appId=shop&callBack=x", nil), 4, 3},
		"other": {other, 0, 0},
	} {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, c.r)
		text := w.Body.String()
		var d directions
		if err := json.Unmarshal([]byte(text[strings.Index(text, "{"):strings.LastIndex(text, "}")+1]), &d); err != nil {
			t.Fatal(err)
		}
		if d.GrpRRVer != c.receipts || d.MsgModifyMinute != c.edit {
			t.Errorf("%s: receipts %d, edit %d min, not %d and %d", name, d.GrpRRVer, d.MsgModifyMinute, c.receipts, c.edit)
		}
	}
}

// Any token gets an answer: it is the CONNACK that refuses, with the exact code.
func TestNavigationAsksForNoToken(t *testing.T) {
	r := askV2("h:1")
	r.Body = io.NopCloser(strings.NewReader("token=forged&v=5.38.0"))
	w := httptest.NewRecorder()
	navigation(t, Navigation{}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

func TestNavigationFromAnotherOrigin(t *testing.T) {
	server := httptest.NewServer(navigation(t, Navigation{}))
	defer server.Close()
	r, err := http.NewRequest("OPTIONS", server.URL+"/v2/navi.json?cloud=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "content-type,rc-appkey,rc-negotiate")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %s %v", answer.Status, answer.Header)
	}
	allowed := strings.ToLower(answer.Header.Get("Access-Control-Allow-Headers"))
	for _, name := range []string{"content-type", "rc-appkey", "rc-negotiate"} {
		if !strings.Contains(allowed, name) {
			t.Errorf("header %s is not allowed: %s", name, allowed)
		}
	}
	answer, err = http.Post(server.URL+"/v2/navi.json", "application/x-www-form-urlencoded", strings.NewReader("token=x"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the answer itself: %v", answer.Header)
	}
}

// 5.7.3 takes the text from the first brace to the last as JSON.
func TestNavigationAsScript(t *testing.T) {
	for query, want := range map[string]string{
		"appId=k&token=t&callBack=x&v=5.7.3&r=1":     "x(",
		"appId=k&token=t":                            "callback(",
		"callBack=a.b$_9":                            "a.b$_9(",
		"callBack=alert(1);x":                        "callback(",
		"callBack=" + strings.Repeat("x", 65):        "callback(",
		"callBack=%3Cscript%3E":                      "callback(",
		"callBack=%E2%80%A8alert":                    "callback(",
		"callBack=x&callBack=alert(document.domain)": "x(",
	} {
		r := httptest.NewRequest("GET", "/navi.js?"+query, nil)
		r.Host = "127.0.0.1:8080"
		w := httptest.NewRecorder()
		navigation(t, Navigation{}).ServeHTTP(w, r)
		text := w.Body.String()
		if w.Code != http.StatusOK || !strings.HasPrefix(text, want) {
			t.Errorf("%s: %d %s, want %s", query, w.Code, text, want)
			continue
		}
		var d directions
		if err := json.Unmarshal([]byte(text[strings.Index(text, "{"):strings.LastIndex(text, "}")+1]), &d); err != nil || d.Server != "127.0.0.1:8080" {
			t.Errorf("%s: %v in %s", query, err, text)
		}
	}
}

func TestNavigationRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		method, target, host string
		want                 int
	}{
		"GET of v2":     {"GET", "/v2/navi.json", "h:1", http.StatusMethodNotAllowed},
		"POST of v1":    {"POST", "/navi.js", "h:1", http.StatusMethodNotAllowed},
		"another path":  {"GET", "/v3/navi.json", "h:1", http.StatusNotFound},
		"names no host": {"POST", "/v2/navi.json", "", http.StatusBadRequest},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		navigation(t, Navigation{}).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

func TestNavigationAddressIsChecked(t *testing.T) {
	for _, bad := range []string{"http://h:1", "wss://", "h:1/path", "wss://h:1/path", "user@h:1", "h 1"} {
		if _, err := (Navigation{Address: bad}).Handler(); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
