package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// maxBody bounds a form. The largest one that is within every other limit has
// 128 KiB of content and 1,000 ids of 64 bytes, all of it spelt %XX: 600 KiB.
const maxBody = 1 << 20

// form is the parameters of a call. Its methods return one parameter each and
// remember the first that is missing or out of bounds in err, which a call
// looks at once it has read all of them.
type form struct {
	values url.Values
	err    error
}

// readForm reads the body of r: a form, or a JSON object.
func readForm(w http.ResponseWriter, r *http.Request) (*form, error) {
	parse := parseForm
	if kind := r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		switch {
		case err == nil && media == "application/json":
			parse = parseJSON
		case err != nil || media != "application/x-www-form-urlencoded":
			return nil, chat.Errorf(chat.BadParameter, "Content-Type is %.80q, not application/x-www-form-urlencoded or application/json", kind)
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return nil, chat.Errorf(chat.TooBig, "body is over %d bytes", maxBody)
	}
	if err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "body did not arrive", Err: err}
	}
	// The deadline was for the body: it must not end the call.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return parse(string(body))
}

func parseForm(body string) (*form, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "body is not a form", Err: err}
	}
	return &form{values: values}, nil
}

// parseJSON reads an object as if its members were the parameters of a form: a
// list is a parameter that is repeated, and an object is its own text.
func parseJSON(body string) (*form, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "body is not a JSON object", Err: err}
	}
	f := &form{values: url.Values{}}
	for name, raw := range object {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		for _, value := range list {
			var text string
			switch {
			case string(value) == "null":
				continue
			case json.Unmarshal(value, &text) != nil:
				text = string(value)
			}
			f.values.Add(name, text)
		}
	}
	return f, nil
}

func (f *form) fail(format string, args ...any) {
	if f.err == nil {
		f.err = chat.Errorf(chat.BadParameter, format, args...)
	}
}

// has reports whether the parameter is there and not empty.
func (f *form) has(name string) bool { return f.values.Get(name) != "" }

// id returns the id that has to be there.
func (f *form) id(name string) string {
	id := f.values.Get(name)
	if id == "" {
		f.fail("%s is missing", name)
	}
	f.check(name, id)
	return id
}

// idIfAny returns an id that may be left out.
func (f *form) idIfAny(name string) string {
	if !f.has(name) {
		return ""
	}
	return f.id(name)
}

func (f *form) check(name, id string) {
	if err := wire.CheckID(name, id); err != nil && f.err == nil {
		f.err = err
	}
}

// ids returns 1 to limit ids, each once, in the order of their first mention.
func (f *form) ids(name string, limit int) []string {
	ids := f.idsIfAny(name, limit)
	if len(ids) == 0 {
		f.fail("%s is missing", name)
	}
	return ids
}

// idsIfAny returns up to limit ids, each once. Empty ones are left out.
func (f *form) idsIfAny(name string, limit int) []string {
	given := slices.DeleteFunc(slices.Clone(f.values[name]), func(id string) bool { return id == "" })
	if len(given) > limit {
		f.fail("%s is there %d times, over %d", name, len(given), limit)
		return nil
	}
	ids := make([]string, 0, len(given))
	seen := make(map[string]bool, len(given))
	for _, id := range given {
		f.check(name, id)
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// users returns 1 to limit user ids, each once.
func (f *form) users(name string, limit int) []chat.UserID {
	ids := f.ids(name, limit)
	users := make([]chat.UserID, len(ids))
	for i, id := range ids {
		users[i] = chat.UserID(id)
	}
	return users
}

// text returns a text of up to limit bytes, empty when it is not there.
func (f *form) text(name string, limit int) string {
	v := f.values.Get(name)
	if len(v) > limit {
		f.fail("%s is %d bytes, over %d", name, len(v), limit)
	}
	if !utf8.ValidString(v) {
		f.fail("%s is not UTF-8", name)
	}
	return v
}

// number returns an integer between lowest and highest, or absent when it is
// not there.
func (f *form) number(name string, absent, lowest, highest int64) int64 {
	v := f.values.Get(name)
	if v == "" {
		return absent
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < lowest || n > highest {
		f.fail("%s is %.40q, not a number from %d to %d", name, v, lowest, highest)
		return absent
	}
	return n
}

// needed has number's result when the parameter has to be there.
func (f *form) needed(name string, lowest, highest int64) int64 {
	if !f.has(name) {
		f.fail("%s is missing", name)
	}
	return f.number(name, lowest, lowest, highest)
}

// flag returns what 0, 1, false or true says, or absent when it is not there.
func (f *form) flag(name string, absent bool) bool {
	switch v := f.values.Get(name); v {
	case "":
		return absent
	case "0", "false":
		return false
	case "1", "true":
		return true
	default:
		f.fail("%s is %.40q, not 0, 1, false or true", name, v)
		return absent
	}
}

// named returns the ids and values of parameters spelt name[id]=value, by id.
func (f *form) named(name string, limit int) (ids []string, values map[string]string) {
	values = map[string]string{}
	for key := range f.values {
		if len(key) > len(name)+2 && key[:len(name)+1] == name+"[" && key[len(key)-1] == ']' {
			id := key[len(name)+1 : len(key)-1]
			f.check(name, id)
			ids = append(ids, id)
			values[id] = f.text(key, maxName)
		}
	}
	if len(ids) == 0 {
		f.fail("%s[id] is missing", name)
	}
	if len(ids) > limit {
		f.fail("%s[id] is there %d times, over %d", name, len(ids), limit)
	}
	slices.Sort(ids)
	return ids, values
}
