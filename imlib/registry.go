package imlib

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
)

// MessageTypes are an app's own types of messages, which [Options] carry. The
// zero value has none. It must not change while a client uses it.
type MessageTypes struct {
	byName map[string]reflect.Type
}

// officialPrefix begins the names of the protocol's types.
const officialPrefix = "RC:"

// RegisterMessageType has messages of T's kind received as a T, as S012 wants
// it. T is a struct, not a pointer, and its zero value says its kind. What does
// not decode into a T is received as Custom, so a sender's mistake does no harm.
//
// The object name is 1 to 64 bytes and does not begin with RC:, which is for
// the protocol's own; one name has one type, else the error is
// chat.BadMessageType.
func RegisterMessageType[T Content](types *MessageTypes) error {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct {
		return chat.Errorf(chat.BadMessageType, "%s is no struct, so nothing can be decoded into it", t)
	}
	var zero T
	name := zero.Kind().ObjectName
	switch {
	case len(name) == 0 || len(name) > chat.MaxObjectName:
		return chat.Errorf(chat.BadMessageType, "the object name of %s is %d bytes, not 1 to %d", t, len(name), chat.MaxObjectName)
	case strings.HasPrefix(name, officialPrefix):
		return chat.Errorf(chat.BadMessageType, "the object name %q of %s begins with %s, which is for the types of the protocol", name, t, officialPrefix)
	case types.byName[name] != nil:
		return chat.Errorf(chat.BadMessageType, "the object name %q of %s is that of %s", name, t, types.byName[name])
	}
	if types.byName == nil {
		types.byName = make(map[string]reflect.Type)
	}
	types.byName[name] = t
	return nil
}

// builtIn has the type of each object name that this package decodes.
var builtIn = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, c := range []Content{
		TextMessage{}, ImageMessage{}, FileMessage{}, HQVoiceMessage{}, VoiceMessage{}, SightMessage{}, GIFMessage{}, ReferenceMessage{},
		LocationMessage{}, RichContentMessage{}, CombineMessage{}, CombineV2Message{}, StreamMessage{},
		InformationNotificationMessage{}, CommandMessage{}, CommandNotification{}, GroupNotificationMessage{},
		ContactNotification{}, ProfileNotification{}, TypingStatus{}, RecallCommand{}, RecallNotification{},
	} {
		types[c.Kind().ObjectName] = reflect.TypeOf(c)
	}
	return types
}()

// decode never fails: a sender's mistake must not stop the receiver, so what
// does not fit its type is Custom.
func (m *MessageTypes) decode(k Kind, text []byte) Content {
	t := builtIn[k.ObjectName]
	if t == nil && m != nil {
		t = m.byName[k.ObjectName]
	}
	if t != nil {
		v := reflect.New(t)
		if json.Unmarshal(text, v.Interface()) == nil {
			return v.Elem().Interface().(Content)
		}
	}
	return Custom{ObjectName: k.ObjectName, Persisted: k.Persisted, Counted: k.Counted, JSON: text}
}
