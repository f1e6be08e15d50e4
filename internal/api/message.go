package api

import (
	"context"
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Limits of one publish.
const (
	maxObjectName    = 32
	maxPrivate       = 1000 // receivers
	maxGroups        = 3
	maxSystem        = 100
	maxExpansionKeys = 300
)

func publishPrivate(ctx context.Context, a *realm, f *form) (fields, error) {
	p := f.publish(chat.Private, "toUserId", maxPrivate)
	p.expansion(f)
	p.push(f)
	if f.flag("verifyBlacklist", false) {
		p.check = roster.Blacklist
	}
	return p.send(ctx, a, f.err)
}

// publishGroup also sends directional messages, to some members of one group.
// These cannot have expansions or push options, which are then ignored.
func publishGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	p := f.publish(chat.Group, "toGroupId", maxGroups)
	p.up.ToUserIds = f.idsIfAny("toUserId", chat.MaxDirected)
	directional := len(p.up.ToUserIds) > 0
	if directional && len(p.targets) > 1 {
		f.fail("toUserId goes with one toGroupId, not %d", len(p.targets))
	}
	if !directional {
		p.expansion(f)
		p.push(f)
	}
	p.mention(f.flag("isMentioned", false))
	return p.send(ctx, a, f.err)
}

func publishSystem(ctx context.Context, a *realm, f *form) (fields, error) {
	p := f.publish(chat.System, "toUserId", maxSystem)
	p.push(f)
	return p.send(ctx, a, f.err)
}

// publish is one message that is to go to several conversations, where it is
// a message of its own each time.
type publish struct {
	typ     chat.ConversationType
	sender  chat.UserID
	targets []string
	check   roster.Check
	flags   chat.Flags
	up      pb.UpMessage
}

// targetName is how an answer names the target of a message.
var targetName = map[chat.ConversationType]string{
	chat.Private: "userId", chat.System: "userId", chat.Group: "groupId", chat.Chatroom: "chatroomId",
	chat.UltraGroup: "groupId",
}

// publish reads what every kind of conversation takes. The parameters that
// only concern phones, contentAvailable and count, are left alone.
func (f *form) publish(typ chat.ConversationType, to string, limit int) *publish {
	p := &publish{typ: typ, sender: chat.UserID(f.id("fromUserId")), targets: f.ids(to, limit)}
	name, content := f.text("objectName", maxObjectName), f.values.Get("content")
	if name == "" {
		f.fail("objectName is missing")
	}
	if content == "" {
		f.fail("content is missing")
	}
	p.up.ClassName, p.up.Content = &name, []byte(content)
	usual := chat.Persisted | chat.Counted
	if t := chat.TypeNamed(name); t != nil {
		usual = t.Flags
	}
	p.set(chat.Persisted, f.flag("isPersisted", usual&chat.Persisted != 0))
	p.set(chat.Counted, f.flag("isCounted", usual&chat.Counted != 0))
	p.set(chat.NotToSender, !f.flag("isIncludeSender", false))
	if f.flag("disableUpdateLastMsg", false) {
		p.up.OptionBits = new(int64(1))
	}
	p.up.BusChannel = present(f.idIfAny("busChannel"))
	p.up.PushText = present(f.text("pushContent", chat.MaxPushText))
	p.up.AppData = present(f.text("pushData", chat.MaxPushText))
	return p
}

func (p *publish) set(flag chat.Flags, on bool) {
	if on {
		p.flags |= flag
	}
}

// present is nil for an empty text.
func present(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// mention leaves mentionedInfo in the content only when the message is said to
// mention: receivers look at the content alone.
func (p *publish) mention(mentioned bool) {
	p.set(chat.Mentioned, mentioned)
	if !mentioned && json.Valid(p.up.Content) { // what is not JSON is refused later
		p.up.Content = wire.WithoutMention(p.up.Content)
	}
}

// expansion reads the key-values that may later be changed.
func (p *publish) expansion(f *form) {
	if !f.flag("expansion", false) {
		return
	}
	p.flags |= chat.Expandable
	if !f.has("extraContent") {
		return
	}
	var plain map[string]string
	if err := json.Unmarshal([]byte(f.values.Get("extraContent")), &plain); err != nil {
		f.fail("extraContent is not a JSON object of texts")
		return
	}
	if len(plain) > maxExpansionKeys {
		f.fail("extraContent has %d keys, over %d", len(plain), maxExpansionKeys)
	}
	type value struct {
		V string `json:"v"`
	}
	spelt := make(map[string]value, len(plain))
	for k, v := range plain {
		spelt[k] = value{v}
	}
	text, err := json.Marshal(spelt)
	if err != nil {
		f.fail("extraContent: %v", err)
	}
	p.up.ExtraContent = present(string(text))
}

const showContent = 8 // the bit of configFlag that has a push show the text to everybody

// push reads how phones are to be told. A silent message tells none.
func (p *publish) push(f *form) {
	if f.flag("disablePush", false) {
		p.flags |= chat.Silent
		return
	}
	if !f.has("pushExt") {
		return
	}
	var ext struct {
		Title       string          `json:"title"`
		TemplateID  string          `json:"templateId"`
		ForceShow   int             `json:"forceShowPushContent"`
		PushConfigs json.RawMessage `json:"pushConfigs"`
	}
	if err := json.Unmarshal([]byte(f.text("pushExt", chat.MaxPushText)), &ext); err != nil {
		f.fail("pushExt is not JSON with title, templateId, forceShowPushContent and pushConfigs")
		return
	}
	p.up.PushExt = &pb.PushExtra{
		Title: present(ext.Title), TemplateId: present(ext.TemplateID), PushConfigs: present(string(ext.PushConfigs)),
	}
	if ext.ForceShow == 1 {
		p.up.ConfigFlag = new(int32(showContent))
	}
}

// send sends the message to each of its targets, unless the form was wrong.
func (p *publish) send(ctx context.Context, a *realm, wrong error) (fields, error) {
	if wrong != nil {
		return nil, wrong
	}
	msgs, err := p.messages(a.Content)
	if err != nil {
		return nil, err
	}
	// Before the messages, so that none of them is ever without its files.
	if sent := media.Sent(p.up.Content); len(sent) > 0 {
		if _, err := a.Writer.Change(ctx, sent...); err != nil {
			return nil, err
		}
	}
	return p.outcome(msgs, a.Writer.Send(ctx, p.check, msgs...))
}

// say sends a notice and returns its name. A nil notice says nothing.
func (p *publish) say(ctx context.Context, a *realm) (chat.UID, error) {
	if p == nil {
		return "", nil
	}
	msgs, err := p.messages(a.Content)
	if err != nil {
		return "", err
	}
	if err := a.Writer.Send(ctx, p.check, msgs...)[0]; err != nil {
		return "", err
	}
	return msgs[0].UID(), nil
}

// messages makes one message for each target. They share their body, which
// does not depend on the target.
func (p *publish) messages(limits wire.ContentLimits) ([]*chat.Message, error) {
	p.up.Flags = new(wire.UpFlags(p.flags))
	first, err := wire.NewMessage(p.typ, p.sender, p.targets[0], &p.up)
	if err != nil {
		return nil, err
	}
	if err := limits.Check(first); err != nil {
		return nil, err
	}
	first.Flags |= p.flags & chat.NotToSender // which is not on the wire
	msgs := make([]*chat.Message, len(p.targets))
	for i, target := range p.targets {
		m := *first
		m.Target = target
		m.Prepare()
		msgs[i] = &m
	}
	return msgs, nil
}

// outcome names the messages that were accepted. A receiver who refuses the
// sender is left out and is no error, as little as one who does not exist; a
// failure of ours is one, and the answer still tells what was accepted, so that
// the caller can send the rest again.
func (p *publish) outcome(msgs []*chat.Message, errs []error) (fields, error) {
	accepted := []map[string]string{}
	var failed error
	for i, m := range msgs {
		switch {
		case errs[i] == nil:
			accepted = append(accepted, map[string]string{targetName[p.typ]: m.Target, "messageUID": string(m.UID())})
		case failed == nil && !refusedByRule(errs[i]):
			failed = errs[i]
		}
	}
	answer := fields{"messageUIDs": accepted}
	if len(accepted) == 1 {
		answer["messageUID"] = accepted[0]["messageUID"]
	}
	return answer, failed
}

// refusedByRule reports whether a message was refused because of who would
// have got it.
func refusedByRule(err error) bool {
	switch chat.CodeOf(err) {
	case chat.Blacklisted, chat.NotWhitelisted, chat.NotInGroup, chat.NotInChatroom, chat.ChatroomMissing, chat.ChatroomFull,
		chat.UltraGroupMissing, chat.ChannelMissing:
		return true
	}
	return false
}
