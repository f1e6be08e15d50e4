package imlib

import (
	"bytes"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Bits of config_flag, as clients of ours set them. PROTOCOL.md#flags
const (
	configVoIP      = 1
	configSkipLists = 2
	configNoTitle   = 4
	configDetails   = 8
)

// maxInitial is how many pairs an expansion may have at first.
const maxInitial = 20

// compose makes the message that Send is asked for, and refuses what official
// SDKs refuse, with their code, and what the server would refuse with fewer words.
func compose(to chat.Conversation, content Content, options []SendOption) (*outgoing, error) {
	if content == nil {
		return nil, chat.Errorf(chat.BadContent, "there is no message to send")
	}
	kind := content.Kind()
	o := &outgoing{to: to, content: content, up: pb.UpMessage{ClassName: proto.String(kind.ObjectName)}}
	if kind.Persisted {
		o.flags |= chat.Persisted
	}
	if kind.Counted {
		o.flags |= chat.Counted
	}
	for _, option := range options {
		option(o)
	}
	for _, check := range []func(*outgoing) error{
		(*outgoing).checkTarget, (*outgoing).checkType, (*outgoing).checkDirected, (*outgoing).checkFlags, (*outgoing).checkLife, (*outgoing).fillContent,
		(*outgoing).fillExpansion, (*outgoing).fillQuote, (*outgoing).fillPush,
	} {
		if err := check(o); err != nil {
			return nil, err
		}
	}
	o.fill()
	return o, nil
}

// fill encodes what cannot be wrong.
func (o *outgoing) fill() {
	o.up.Flags = proto.Int32(wire.UpFlags(o.flags))
	config := o.up.GetConfigFlag()
	if o.flags&chat.SkipLists != 0 {
		config |= configSkipLists
	}
	o.up.ConfigFlag = &config
	bits := int64(0)
	if o.flags&chat.KeepLatest != 0 {
		bits |= keepLatestBit
	}
	if o.flags&chat.Receipt != 0 {
		bits |= receiptBit
	}
	if bits != 0 {
		o.up.OptionBits = &bits
	}
	if o.to.Channel != "" {
		o.up.BusChannel = &o.to.Channel
	}
	if o.up.GetClientUniqueId() == 0 {
		o.up.ClientUniqueId = proto.Int64(NewMessageID())
	}
}

func (o *outgoing) checkTarget() error {
	if o.to.Type == chat.System {
		return chat.Errorf(chat.SystemReadOnly, "nobody can send to a system conversation")
	}
	if sendTopics[o.to.Type] == "" {
		return chat.Errorf(chat.BadConversationType, "the conversation type is %d, not private, group, chatroom or ultra group", o.to.Type)
	}
	if err := wire.CheckID("the target of the conversation", o.to.Target); err != nil {
		return recode(chat.BadTarget, err)
	}
	if o.to.Channel == "" {
		return nil
	}
	return recode(chat.BadChannel, wire.CheckID("the channel of the conversation", o.to.Channel))
}

func (o *outgoing) checkType() error {
	name := o.up.GetClassName()
	known := chat.TypeNamed(name)
	switch {
	case len(name) == 0 || len(name) > chat.MaxObjectName || !utf8.ValidString(name):
		return chat.Errorf(chat.BadMessageType, "the object name %.80q is not 1 to %d bytes of UTF-8", name, chat.MaxObjectName)
	case name == StreamMessage{}.Kind().ObjectName:
		return chat.Errorf(chat.NotSendable, "a stream is sent by the app's server only")
	case known != nil && known.Status:
		o.status = true
	}
	if o.status && statusTopics[o.to.Type] == "" {
		return chat.Errorf(chat.BadConversationType, "a status message goes to a private conversation or a group, not to this %s", o.to.Type)
	}
	if o.status {
		o.flags &^= chat.Persisted | chat.Counted
	}
	return nil
}

func (o *outgoing) checkDirected() error {
	if len(o.up.ToUserIds) == 0 {
		return nil
	}
	if o.to.Type != chat.Group && o.to.Type != chat.UltraGroup {
		return chat.Errorf(chat.NotDirectable, "a message is directed to members of a group or an ultra group, not of a %s conversation", o.to.Type)
	}
	if n := len(o.up.ToUserIds); n > chat.MaxDirected {
		return chat.Errorf(chat.BadUsers, "the message is directed to %d users, over %d", n, chat.MaxDirected)
	}
	for _, id := range o.up.ToUserIds {
		if err := wire.CheckID("a user whom the message is directed to", id); err != nil {
			return recode(chat.BadUsers, err)
		}
	}
	return nil
}

func (o *outgoing) checkFlags() error {
	twoWay := o.to.Type == chat.Private || o.to.Type == chat.Group
	switch {
	case o.flags&chat.Receipt != 0 && (!twoWay || o.status || o.flags&chat.Persisted == 0 || len(o.up.ToUserIds) > 0):
		return chat.Errorf(chat.ReceiptUnwanted, "receipts are for messages that are kept, in private conversations and groups, for everyone in them")
	case o.flags&chat.KeepLatest != 0 && o.to.Type == chat.UltraGroup:
		return chat.Errorf(chat.KeepLatestElsewhere, "in an ultra group a message cannot keep the latest one what it was")
	}
	return o.checkMentions()
}

func (o *outgoing) checkMentions() error {
	if o.mentions == nil || o.to.Type != chat.Group && o.to.Type != chat.UltraGroup {
		o.mentions = nil
		return nil
	}
	if !o.mentions.All && len(o.mentions.Users) == 0 {
		return chat.Errorf(chat.BadUsers, "the message mentions neither all nor anybody")
	}
	for _, id := range o.mentions.Users {
		if err := wire.CheckID("a user whom the message mentions", string(id)); err != nil {
			return recode(chat.BadUsers, err)
		}
	}
	o.flags |= chat.Mentioned
	return nil
}

func (o *outgoing) checkLife() error {
	if o.life != nil && (*o.life <= 0 || *o.life > MaxLife) {
		return chat.Errorf(chat.BadParameter, "the message's life is %s, not above 0 and up to %s", *o.life, MaxLife)
	}
	return nil
}

func (o *outgoing) fillContent() error {
	text, err := encodeContent(o.content, o.mentions)
	if err != nil {
		return err
	}
	if len(text) > chat.MaxContent {
		return chat.Errorf(chat.ContentTooBig, "the content is %d bytes, over %d", len(text), chat.MaxContent)
	}
	o.up.Content = text
	// How long a video may be is for the app to say.
	return wire.ContentLimits{Video: -1}.CheckContent(o.up.GetClassName(), text)
}

var expansionKey = regexp.MustCompile(`^[A-Za-z0-9_=+-]+$`)

func (o *outgoing) fillExpansion() error {
	if len(o.initial) > maxInitial {
		return chat.Errorf(chat.ExpansionLimit, "the expansion has %d keys, over %d", len(o.initial), maxInitial)
	}
	if len(o.initial) == 0 {
		return nil
	}
	for k, v := range o.initial {
		if !expansionKey.MatchString(k) {
			return chat.Errorf(chat.BadExpansion, "the key %q of the expansion is not of A-Z a-z 0-9 _ = + -", k)
		}
		if err := wire.CheckPair(k, v); err != nil {
			return recode(chat.ExpansionLimit, err)
		}
	}
	text, err := encodeExpansion(o.initial)
	if err != nil {
		return &chat.Error{Code: chat.BadExpansion, Reason: "the expansion does not encode to JSON", Err: err}
	}
	o.up.ExtraContent = &text
	return nil
}

func (o *outgoing) fillQuote() error {
	q := o.quote
	if q == nil {
		return nil
	}
	if q.UID == "" || q.Sender == "" || q.ObjectName == "" {
		return chat.Errorf(chat.BadQuote, "the message to quote has no UID, no sender or no object name")
	}
	o.up.RefData = &pb.ReferenceData{
		MsgId: proto.String(string(q.UID)), FromUserId: proto.String(string(q.Sender)), ClassName: proto.String(q.ObjectName),
	}
	return nil
}

// recode is err, a *chat.Error or nil, with the code that official SDKs have
// for the argument.
func recode(code chat.Code, err error) error {
	if err == nil {
		return nil
	}
	return &chat.Error{Code: code, Reason: fmt.Sprint(err)}
}

// message is o as the list of its sender shows it while it is being sent.
func (o *outgoing) message(sender chat.UserID) Message {
	m := Message{
		ID: o.up.GetClientUniqueId(), Conversation: o.to, Sender: sender, Time: time.UnixMilli(time.Now().UnixMilli()),
		Content: o.content, JSON: o.up.Content, User: senderOf(o.content, o.up.Content), Own: true, Status: o.status,
		Flags: o.flags, Mentions: o.mentions, Expansion: o.initial, Quote: o.quote,
	}
	for _, id := range o.up.ToUserIds {
		m.To = append(m.To, chat.UserID(id))
	}
	return m
}

// is reports whether m, which the server returned, is the message o.
func (o *outgoing) is(m *Message) bool {
	return m.Own && m.ID == o.up.GetClientUniqueId() && m.Conversation == o.to &&
		m.Content.Kind().ObjectName == o.up.GetClassName() && bytes.Equal(m.JSON, o.up.Content)
}
