package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Limits of what a client or the app's server may send. All are in bytes
// except chat.MaxDirected.
const (
	MaxExpansion = 131072 // the expansion's JSON text, when the message is sent
)

// Field numbers of UpMessage, what a client sends.
const (
	upBits       = 1
	upObjectName = 2
	upContent    = 3
	upPushText   = 4
	upPushData   = 5
	upTo         = 6
	upConfig     = 9
	upClientID   = 10
	upExpansion  = 11
	upPushExt    = 12
	upChannel    = 13
	upOptions    = 22
	upExt        = 23
	upMetadata   = 24
	upReference  = 25
)

// Field numbers of DownMessage, what a client receives.
const (
	downFrom       = 1
	downType       = 2
	downGroup      = 3
	downObjectName = 4
	downContent    = 5
	downTime       = 6
	downStatus     = 7
	downUID        = 9
	downDirection  = 10
	downClientID   = 14
	downExpansion  = 15
	downPushText   = 16
	downConfig     = 17
	downPushExt    = 18
	downChannel    = 19
	downExtStatus  = 20
	downTo         = 21
	downOptions    = 23
	downConverted  = 24
	downExt        = 25
	downMetadata   = 26
	downReference  = 27
	// downPushData is ours: the protocol has no field for it on the way down,
	// and a message must keep all that its sender gave.
	downPushData = 1001
)

// bits pairs the flags of a message with the bits that carry them up
// (UpMessage.bits) and down (DownMessage.status).
var bits = [...]struct {
	flag     chat.Flags
	up, down uint64
}{
	{chat.Persisted, 1, 16},
	{chat.Counted, 2, 32},
	{chat.Mentioned, 4, 64},
	{chat.Silent, 32, 512},
	{chat.Expandable, 64, 1024},
}

// options pairs flags with their optionBits, the same up and down.
var options = [...]struct {
	flag chat.Flags
	bit  uint64
}{
	{chat.KeepLatest, 1},
	{chat.Receipt, optionReceipt},
}

const optionReceipt = 2

// receiptable reports whether m can have read receipts: it is kept, and
// everyone in a private conversation or group gets it.
func receiptable(m *chat.Message) bool {
	return m.Flags&chat.Persisted != 0 && len(m.To) == 0 && (m.Type == chat.Private || m.Type == chat.Group)
}

// Dialect is what depends on who made an UpMessage: the meaning of bit 2 of
// configFlag, and whose word counts about whether a message is persisted and
// counted. PROTOCOL.md#flags
type Dialect uint8

// The dialects.
const (
	// Unknown is a client that may mean anything by the bit: it is ignored.
	Unknown Dialect = iota
	// BitSkips is a client that sets the bit to pass over the receiver's lists.
	BitSkips
	// BitKeeps is a client that leaves the bit out to pass over them.
	BitKeeps
	// Trusted is the server itself or the app's server. It sets the bit as
	// BitSkips does, and says itself what is persisted and counted.
	Trusted
)

// DialectOf is the dialect of an official SDK of a version, such as 5.38.0. The
// bit's meaning was turned around after 5.7, and it is not known when.
func DialectOf(version string) Dialect {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n < 2 {
		return Unknown
	}
	switch {
	case major < 5 || major == 5 && minor <= 7:
		return BitSkips
	case major == 5 && minor < 38:
		return Unknown
	}
	return BitKeeps
}

// NewMessage is the message of a sender whom the server trusts, who need not
// spell it in bytes.
func NewMessage(typ chat.ConversationType, sender chat.UserID, target string, up *pb.UpMessage) (*chat.Message, error) {
	payload, err := up.MarshalVT()
	if err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "objectName and content are needed", Err: err}
	}
	return Trusted.ParseMessage(typ, sender, target, payload)
}

// ParseMessage is that of a client of which nothing is known.
func ParseMessage(typ chat.ConversationType, sender chat.UserID, target string, payload []byte) (*chat.Message, error) {
	return Unknown.ParseMessage(typ, sender, target, payload)
}

// ParseMessage makes the message that sender asks to send to target. payload
// is an UpMessage; it may be reused afterwards. The message is ready for the
// writer: Key, To, Flags and Body are set, and Body is the rest of the
// DownMessage that receivers get. The error is a *chat.Error that names the
// field and its limit.
func (d Dialect) ParseMessage(typ chat.ConversationType, sender chat.UserID, target string, payload []byte) (*chat.Message, error) {
	if err := CheckID("targetId", target); err != nil {
		return nil, err
	}
	p := parser{
		dialect: d,
		m:       &chat.Message{Type: typ, Sender: sender, Target: target},
		body:    make([]byte, 0, len(payload)+24),
	}
	p.body = appendVarint(p.body, downType, uint64(typ))
	for len(payload) > 0 {
		n, err := p.field(payload)
		if err != nil {
			return nil, err
		}
		payload = payload[n:]
	}
	return p.finish()
}

// parser turns the fields of an UpMessage into a message, in one pass and
// without taking apart what it only passes on.
type parser struct {
	dialect Dialect
	m       *chat.Message
	known   *chat.MessageType // nil when the type is an app's own
	body    []byte
	content []byte
	options uint64
	seen    uint32 // a bit for each singular field met; a second one is refused
}

// field reads the field at the start of b and returns its length.
func (p *parser) field(b []byte) (int, error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return 0, chat.Errorf(chat.BadMessage, "message: %v", protowire.ParseError(n))
	}
	if num < 32 && num != upTo {
		if p.seen&(1<<num) != 0 {
			return 0, chat.Errorf(chat.BadMessage, "message: field %d is there twice", num)
		}
		p.seen |= 1 << num
	}
	switch num {
	case upBits, upConfig, upClientID, upOptions:
		v, vn := protowire.ConsumeVarint(b[n:])
		if typ != protowire.VarintType || vn < 0 {
			return 0, chat.Errorf(chat.BadMessage, "message: field %d is not a number", num)
		}
		p.number(num, v)
		return n + vn, nil
	case upObjectName, upContent, upPushText, upPushData, upTo, upExpansion, upPushExt, upChannel, upExt, upMetadata, upReference:
		v, vn := protowire.ConsumeBytes(b[n:])
		if typ != protowire.BytesType || vn < 0 {
			return 0, chat.Errorf(chat.BadMessage, "message: field %d is not text", num)
		}
		return n + vn, p.text(num, v)
	}
	vn := protowire.ConsumeFieldValue(num, typ, b[n:])
	if vn < 0 {
		return 0, chat.Errorf(chat.BadMessage, "message: field %d: %v", num, protowire.ParseError(vn))
	}
	return n + vn, nil // a field we do not know means nothing to us
}

func (p *parser) number(num protowire.Number, v uint64) {
	switch num {
	case upBits:
		for _, b := range bits {
			if v&b.up != 0 {
				p.m.Flags |= b.flag
			}
		}
	case upConfig:
		p.config(uint64(int64(int32(v))))
	case upClientID:
		p.m.ClientID = int64(v)
		p.body = appendVarint(p.body, downClientID, v)
	case upOptions:
		for _, o := range options {
			if v&o.bit != 0 {
				p.m.Flags |= o.flag
			}
		}
		p.options = v
	}
}

const configSkip = 2 // the bit of configFlag by which a sender asks to pass over lists

// config hands configFlag on with one meaning of the bit, whoever sent it.
func (p *parser) config(v uint64) {
	skip := v&configSkip != 0
	switch p.dialect {
	case BitKeeps:
		skip = !skip
	case Unknown:
		skip = false
	}
	v &^= configSkip
	if skip {
		v |= configSkip
		p.m.Flags |= chat.SkipLists
	}
	p.body = appendVarint(p.body, downConfig, v)
}

func (p *parser) text(num protowire.Number, v []byte) error {
	switch num {
	case upPushExt:
		return p.nested(downPushExt, "pushExt", v, new(pb.PushExtra))
	case upExt:
		return p.nested(downExt, "extMsgData", v, new(pb.ExtMsgData))
	case upReference:
		return p.nested(downReference, "refData", v, new(pb.ReferenceData))
	}
	if !utf8.Valid(v) {
		return chat.Errorf(chat.BadMessage, "message: field %d is not UTF-8", num)
	}
	switch num {
	case upObjectName:
		if len(v) == 0 {
			return chat.Errorf(chat.BadParameter, "objectName is empty")
		}
		if p.known = chat.TypeNamed(v); p.known != nil {
			p.m.ObjectName = p.known.Name // which allocates nothing
		} else {
			p.m.ObjectName = string(v)
		}
		return p.pass(downObjectName, "objectName", v, chat.MaxObjectName)
	case upContent:
		return p.setContent(v)
	case upPushText:
		return p.pass(downPushText, "pushContent", v, chat.MaxPushText)
	case upPushData:
		return p.pass(downPushData, "pushData", v, chat.MaxPushText)
	case upExpansion:
		if err := p.pass(downExpansion, "extraContent", v, MaxExpansion); err != nil {
			return err
		}
		return checkExpansion(v)
	case upMetadata:
		return p.pass(downMetadata, "metadata", v, MaxExpansion)
	case upChannel:
		return p.setChannel(v)
	}
	return p.directed(v) // upTo
}

func (p *parser) setContent(v []byte) error {
	if len(v) > chat.MaxContent {
		return chat.Errorf(chat.TooBig, "content is %d bytes, over %d", len(v), chat.MaxContent)
	}
	// A receiver's SDK parses the content: what is not JSON would break it.
	if !json.Valid(v) {
		return chat.Errorf(chat.BadParameter, "content is not JSON")
	}
	p.content = v
	return nil
}

func (p *parser) setChannel(v []byte) error {
	if len(v) == 0 {
		return nil
	}
	p.m.Channel = string(v)
	if err := CheckID("channelId", p.m.Channel); err != nil {
		return err
	}
	return p.pass(downChannel, "channelId", v, chat.MaxID)
}

func (p *parser) directed(v []byte) error {
	if len(p.m.To) == chat.MaxDirected {
		return chat.Errorf(chat.BadParameter, "toUserIds names more than %d users", chat.MaxDirected)
	}
	id := string(v)
	if err := CheckID("toUserIds", id); err != nil {
		return err
	}
	p.m.To = append(p.m.To, chat.UserID(id))
	return p.pass(downTo, "toUserIds", v, chat.MaxID)
}

// pass hands a text field on to the receivers.
func (p *parser) pass(num protowire.Number, name string, v []byte, limit int) error {
	if len(v) > limit {
		return chat.Errorf(chat.BadParameter, "%s is %d bytes, over %d", name, len(v), limit)
	}
	p.body = appendBytes(p.body, num, v)
	return nil
}

// nested hands a message field on, once it is known that receivers can decode it.
func (p *parser) nested(num protowire.Number, name string, v []byte, into interface{ UnmarshalVT([]byte) error }) error {
	if err := into.UnmarshalVT(v); err != nil {
		return &chat.Error{Code: chat.BadMessage, Reason: "message: " + name + " does not decode", Err: err}
	}
	return p.pass(num, name, v, MaxExpansion)
}

func (p *parser) finish() (*chat.Message, error) {
	const needed = 1<<upBits | 1<<upObjectName | 1<<upContent
	if p.seen&needed != needed {
		return nil, chat.Errorf(chat.BadMessage, "message: sessionId, classname and content are needed")
	}
	m := p.m
	if p.known != nil && p.dialect != Trusted {
		const kept = chat.Persisted | chat.Counted
		m.Flags = m.Flags&^kept | p.known.Flags
	}
	content := p.mentioned()
	p.body = appendBytes(p.body, downContent, content)

	if m.Type == chat.UltraGroup && m.Channel == "" {
		m.Channel = chat.DefaultChannel
		p.body = appendString(p.body, downChannel, m.Channel)
	}
	if m.Flags&chat.Receipt != 0 && !receiptable(m) {
		m.Flags &^= chat.Receipt
		p.options &^= optionReceipt
	}
	if p.options != 0 {
		p.body = appendVarint(p.body, downOptions, p.options)
	}
	m.Body = appendVarint(p.body, downStatus, status(m.Flags))
	m.Prepare()
	if m.ClientID != 0 {
		m.Key = sendKey(m, p.content)
	}
	return m, nil
}

// mentioned sees to it that a message with chat.Mentioned says whom it
// mentions, in a conversation in which somebody can be, and returns the content.
func (p *parser) mentioned() []byte {
	m := p.m
	switch {
	case m.Flags&chat.Mentioned == 0:
	case m.Type != chat.Group && m.Type != chat.UltraGroup:
		// Receivers look at the content alone.
		m.Flags &^= chat.Mentioned
		return WithoutMention(p.content)
	case !mentions(p.content):
		m.Flags &^= chat.Mentioned
	}
	return p.content
}

func status(f chat.Flags) (s uint64) {
	for _, b := range bits {
		if f&b.flag != 0 {
			s |= b.down
		}
	}
	return s
}

func sendKey(m *chat.Message, content []byte) (key chat.SendKey) {
	var d xxhash.Digest
	var id [9]byte // a zero byte, which no id holds, then the client's id
	binary.BigEndian.PutUint64(id[1:], uint64(m.ClientID))
	d.Reset()
	_, _ = d.WriteString(string(m.Sender)) // a hash never fails
	_, _ = d.Write(id[:])
	_, _ = d.WriteString(string(m.Log()))
	binary.BigEndian.PutUint64(key[:8], d.Sum64())
	d.Reset()
	_, _ = d.WriteString(m.ObjectName)
	_, _ = d.Write(id[:])
	_, _ = d.Write(content)
	binary.BigEndian.PutUint64(key[8:], d.Sum64())
	if key == (chat.SendKey{}) {
		key[0] = 1 // the zero key means none
	}
	return key
}

// UpFlags are the bits by which UpMessage.flags says f.
func UpFlags(f chat.Flags) (up int32) {
	for _, b := range bits {
		if f&b.flag != 0 {
			up |= int32(b.up)
		}
	}
	return up
}

// CheckID returns a *chat.Error that names field when id is not 1 to chat.MaxID
// bytes of UTF-8 without control characters.
func CheckID(field, id string) error {
	if len(id) == 0 || len(id) > chat.MaxID {
		return chat.Errorf(chat.BadParameter, "%s is %d bytes, not 1 to %d", field, len(id), chat.MaxID)
	}
	for i := 0; i < len(id); i++ {
		if id[i] < 0x20 || id[i] == 0x7f {
			return chat.Errorf(chat.BadParameter, "%s holds a control character", field)
		}
	}
	if !utf8.ValidString(id) {
		return chat.Errorf(chat.BadParameter, "%s is not UTF-8", field)
	}
	return nil
}

// Content is the JSON text of m, nil when it has none. It must not be changed.
func Content(m *chat.Message) []byte { return contentOf(m.Body) }

// What DownMessage.ext_status says.
const (
	extPrivateChannel = 8
	extStatus         = 64
)

// MarkStatus makes m a status message: receivers are told that it is one.
func MarkStatus(m *chat.Message) {
	m.Body = appendVarint(m.Body, downExtStatus, extStatus)
}

// AppendMessage appends the DownMessage that viewer gets for m.
func AppendMessage(dst []byte, m *chat.Message, viewer chat.UserID) []byte {
	own := viewer == m.Sender
	from := string(m.Sender)
	if m.Type.TwoSided() {
		if own {
			from = m.Target // the protocol names the peer, also in what one sent oneself
		}
		own = own && m.Target != string(m.Sender)
	} else {
		dst = appendString(dst, downGroup, m.Target)
		if m.Flags&chat.PrivateChannel != 0 {
			dst = appendVarint(dst, downExtStatus, extPrivateChannel)
		}
	}
	dst = appendString(dst, downFrom, from)
	dst = appendVarint(dst, downTime, uint64(m.ID.Tick))
	dst = protowire.AppendTag(dst, downUID, protowire.BytesType)
	dst = append(dst, uidLength)
	dst = chat.AppendUID(dst, m.ID, m.Log())
	direction := uint64(2)
	if own {
		direction = 1
	}
	dst = appendVarint(dst, downDirection, direction)
	return append(dst, m.Body...)
}

const uidLength = 19

// AppendListed appends m as one entry of the list of a DownMessages, a
// RoomMessages or a HistoryAnswer, which all keep their list in field 1.
func AppendListed(dst []byte, m *chat.Message, viewer chat.UserID) []byte {
	dst = protowire.AppendTag(dst, 1, protowire.BytesType)
	// Nearly every message is 128 to 16383 bytes, whose length takes two
	// bytes; the others are moved.
	start := len(dst)
	dst = AppendMessage(append(dst, 0, 0), m, viewer)
	size := len(dst) - start - 2
	n := protowire.SizeVarint(uint64(size))
	if n > 2 {
		dst = append(dst, make([]byte, n-2)...)
	}
	if n != 2 {
		copy(dst[start+n:], dst[start+2:start+2+size])
	}
	protowire.AppendVarint(dst[:start], uint64(size))
	return dst[:start+n+size]
}

// AppendPulled appends the fields of a DownMessages that follow its list.
func AppendPulled(dst []byte, through chat.Tick, finished bool) []byte {
	dst = appendVarint(dst, 2, uint64(through))
	dst = appendVarint(dst, 3, protowire.EncodeBool(finished))
	return appendVarint(dst, 4, 1) // broadcastSyncTime: nothing of its own is kept there
}

// AppendPushed appends the fields of a directly pushed DownMessages that
// follow its list: the tick and the one before it.
func AppendPushed(dst []byte, previous, tick chat.Tick) []byte {
	dst = appendVarint(dst, 2, uint64(tick))
	dst = appendVarint(dst, 3, 1)
	return appendVarint(dst, 1000, uint64(previous))
}

// AppendRoomPulled appends the field of a RoomMessages that follows its list.
func AppendRoomPulled(dst []byte, through chat.Tick) []byte {
	return appendVarint(dst, 2, uint64(through))
}

// AppendHistory appends the fields of a HistoryAnswer that follow its list.
func AppendHistory(dst []byte, through chat.Tick, more bool) []byte {
	dst = appendVarint(dst, 2, uint64(through))
	return appendVarint(dst, 3, protowire.EncodeBool(more))
}

// AppendNotify appends a Notify: kind is one of NotifyMessages, NotifyRoom or
// the Command constants, room is "" except where the kind is about a room.
func AppendNotify(dst []byte, kind int, tick chat.Tick, room string) []byte {
	dst = appendVarint(dst, 1, uint64(kind))
	dst = appendVarint(dst, 2, uint64(tick))
	if room != "" {
		dst = appendString(dst, 3, room)
	}
	return dst
}

// AppendRoomGone appends the Notify that says that a room was destroyed, and why.
func AppendRoomGone(dst []byte, tick chat.Tick, room string, why int) []byte {
	return appendVarint(AppendNotify(dst, CommandRoomDestroyed, tick, room), 4, uint64(why))
}

func appendVarint(dst []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, num, protowire.VarintType), v)
}

func appendBytes(dst []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, num, protowire.BytesType), v)
}

func appendString(dst []byte, num protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, num, protowire.BytesType), v)
}
