package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hongyan-im/hongyan/chat"
)

// Limits of what the content of an official type holds.
const (
	MaxVoice = time.Minute
	MaxVideo = 2 * time.Minute // unless an app says otherwise
)

// ContentLimits are what an app chooses of the limits of official types. The
// zero value is ready to use.
type ContentLimits struct {
	// Video is how long a short video may be. 0 means MaxVideo, below 0 no limit.
	Video time.Duration
}

// contentRules are the members of official types that have a limit. Types
// that are not here pass as they are.
var contentRules = map[string][]contentRule{
	"RC:ImgMsg":   {{"content", thumbnail}},
	"RC:SightMsg": {{"content", thumbnail}, {"duration", videoLength}},
	"RC:LBSMsg":   {{"content", thumbnail}},
	"RC:HQVCMsg":  {{"duration", voiceLength}},
	"RC:VcMsg":    {{"duration", voiceLength}},
}

type contentRule struct {
	member string
	check  func(ContentLimits, member) error
}

// Check returns a *chat.Error that names the field and its limit when the
// content of m, a message of an official type, is over one.
func (l ContentLimits) Check(m *chat.Message) error {
	rules := contentRules[m.ObjectName]
	if rules == nil {
		return nil
	}
	return l.check(rules, contentOf(m.Body))
}

// CheckContent is Check for a content, which must be JSON, of messages with an
// object name.
func (l ContentLimits) CheckContent(objectName string, content []byte) error {
	return l.check(contentRules[objectName], content)
}

func (l ContentLimits) check(rules []contentRule, content []byte) error {
	for o := openObject(content); o.next(); {
		for _, r := range rules {
			if !o.member.is(r.member) || string(o.member.value) == "null" {
				continue
			}
			if err := r.check(l, o.member); err != nil {
				return err
			}
		}
	}
	return nil
}

func thumbnail(_ ContentLimits, m member) error {
	text, ok := m.text()
	if !ok {
		return chat.Errorf(chat.BadParameter, "content.content is not text, but a picture in base64 is wanted")
	}
	if len(text) > chat.MaxThumbnail {
		return chat.Errorf(chat.TooBig, "content.content is a picture of %d bytes in base64, over %d", len(text), chat.MaxThumbnail)
	}
	const prefix = "data:"
	if len(text) >= len(prefix) && bytes.EqualFold(text[:len(prefix)], []byte(prefix)) {
		return chat.Errorf(chat.BadParameter, "content.content begins with %q, but base64 alone is wanted", prefix)
	}
	return nil
}

func voiceLength(_ ContentLimits, m member) error { return m.duration(MaxVoice) }

func videoLength(l ContentLimits, m member) error {
	switch {
	case l.Video < 0:
		return m.duration(math.MaxInt64)
	case l.Video == 0:
		return m.duration(MaxVideo)
	}
	return m.duration(l.Video)
}

// contentOf finds the content in the body of a message.
func contentOf(body []byte) []byte {
	for len(body) > 0 {
		num, typ, n := protowire.ConsumeTag(body)
		if n < 0 {
			return nil
		}
		size := protowire.ConsumeFieldValue(num, typ, body[n:])
		if size < 0 {
			return nil
		}
		if num == downContent {
			v, _ := protowire.ConsumeBytes(body[n:])
			return v
		}
		body = body[n+size:]
	}
	return nil
}

// object walks over the members of a JSON object, whose text must be valid. It
// decodes nothing, so a large content costs no more than to be read once. What
// is not an object has no members.
type object struct {
	text   []byte
	at     int // where the next member may begin
	member member
}

// member is one of an object: its name with the quotes, its value, and where
// the two are in the text.
type member struct {
	name, value []byte
	start, end  int
}

func openObject(text []byte) object {
	o := object{text: text}
	o.space()
	if o.at < len(text) && text[o.at] == '{' {
		o.at++
	} else {
		o.at = len(text)
	}
	return o
}

// next moves to the next member and reports whether there is one.
func (o *object) next() bool {
	o.space()
	if o.at < len(o.text) && o.text[o.at] == ',' {
		o.at++
		o.space()
	}
	if o.at >= len(o.text) || o.text[o.at] != '"' {
		return false
	}
	start := o.at
	o.str()
	name := o.text[start:o.at]
	o.space()
	o.at++ // the colon
	o.space()
	from := min(o.at, len(o.text))
	o.value()
	o.member = member{name: name, value: o.text[from:o.at], start: start, end: o.at}
	return true
}

func (o *object) space() {
	for o.at < len(o.text) && (o.text[o.at] == ' ' || o.text[o.at] == '\n' || o.text[o.at] == '\t' || o.text[o.at] == '\r') {
		o.at++
	}
}

// str passes the text that begins here.
func (o *object) str() {
	for o.at++; o.at < len(o.text); o.at++ {
		n := bytes.IndexAny(o.text[o.at:], `"\`)
		if n < 0 {
			break
		}
		if o.at += n; o.text[o.at] == '"' {
			o.at++
			return
		}
		o.at++ // what is escaped
	}
	o.at = len(o.text)
}

// value passes the value that begins here.
func (o *object) value() {
	depth := 0
	for o.at < len(o.text) {
		switch o.text[o.at] {
		case '"':
			o.str()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return // of the object around it
			}
			if depth--; depth == 0 {
				o.at++
				return
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return
			}
		}
		o.at++
	}
}

// is reports whether the member has this name.
func (m member) is(name string) bool {
	if bytes.IndexByte(m.name, '\\') < 0 {
		return len(m.name) == len(name)+2 && string(m.name[1:len(m.name)-1]) == name
	}
	var spelt string
	return json.Unmarshal(m.name, &spelt) == nil && spelt == name
}

// text is the value, if it is a text. It is not copied unless something in it
// is escaped.
func (m member) text() (text []byte, ok bool) {
	if len(m.value) < 2 || m.value[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(m.value, '\\') < 0 {
		return m.value[1 : len(m.value)-1], true
	}
	var spelt string
	err := json.Unmarshal(m.value, &spelt)
	return []byte(spelt), err == nil
}

// duration checks that the value is a number of seconds, or a text that is
// one, from 0 to limit.
func (m member) duration(limit time.Duration) error {
	spelt, ok := m.text()
	if !ok {
		spelt = m.value
	}
	seconds, err := strconv.ParseFloat(string(spelt), 64)
	switch {
	case err != nil || math.IsNaN(seconds):
		return chat.Errorf(chat.BadParameter, "content.duration is %.40q, not a number of seconds", spelt)
	case seconds < 0 || seconds > limit.Seconds():
		return chat.Errorf(chat.BadParameter, "content.duration is %.40s s, not 0 to %v s", spelt, limit.Seconds())
	}
	return nil
}

// mentionedInfo is the member that says whom a message mentions.
const mentionedInfo = "mentionedInfo"

// mentions reports whether content, which is JSON, says whom it mentions.
func mentions(content []byte) bool {
	for o := openObject(content); o.next(); {
		if o.member.is(mentionedInfo) && string(o.member.value) != "null" {
			return true
		}
	}
	return false
}

// WithoutMention is content, which is JSON, without saying whom it mentions.
// The rest stays as it is, byte for byte.
func WithoutMention(content []byte) []byte { return Without(content, mentionedInfo) }

// Without is content, which is JSON, without the member of a name. The rest
// stays as it is, byte for byte.
func Without(content []byte, name string) []byte {
	for {
		o := openObject(content)
		found := false
		last := 0 // where the member before ends
		for !found && o.next() {
			if found = o.member.is(name); !found {
				last = o.member.end
			}
		}
		if !found {
			return content
		}
		start, end := o.member.start, o.member.end
		if last > 0 {
			start = last // with the comma between them
		} else if o.space(); o.at < len(content) && content[o.at] == ',' {
			end = o.at + 1
		}
		content = append(content[:start:start], content[end:]...)
	}
}
