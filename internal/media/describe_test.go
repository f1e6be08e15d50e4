package media

import (
	"mime"
	"strings"
	"testing"
)

// Whatever an uploader says about a file, readers are told something that is
// well formed and that nothing runs of.
func FuzzDescribe(f *testing.F) {
	f.Add("text/html", "inline; filename=%E7%A9%BA.html;", "1__RC-2026.html")
	f.Add("text/javascript;x=y", `attachment; filename="a\"b"`, "k")
	f.Add("a/b\r\nSet-Cookie: x", "inline\r\nX: y; filename=a%0d%0ab", "k.\x01")
	f.Fuzz(func(t *testing.T, contentType, disposition, key string) {
		if checkKey(key) != nil {
			return // no ticket is given for it
		}
		known := &file{Key: key, Type: contentType, disposition: disposition}
		known.describe()
		typ, _, err := mime.ParseMediaType(known.contentType())
		if err != nil || strings.Contains(typ, "script") || typ == "text/css" || typ == "application/wasm" {
			t.Errorf("%q becomes %q: %v", contentType, known.contentType(), err)
		}
		shown, parameters, err := mime.ParseMediaType(known.contentDisposition())
		if err != nil || (shown != "inline" && shown != "attachment") {
			t.Errorf("%q becomes %q: %v", disposition, known.contentDisposition(), err)
		}
		if strings.ContainsAny(parameters["filename"], "\r\n/\\") || strings.ContainsAny(known.contentDisposition(), "\r\n") {
			t.Errorf("%q becomes %q", disposition, known.contentDisposition())
		}
	})
}

// A ticket is for the requests of an upload, and no other.
func FuzzCheckRequest(f *testing.F) {
	f.Add("PUT", "partNumber=1&uploadId=x")
	f.Add("POST", "uploads")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, method, query string) {
		if checkRequest(method, query) == nil && strings.ContainsAny(query, "\r\n #") {
			t.Errorf("%q %q is taken", method, query)
		}
	})
}
