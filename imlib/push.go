package imlib

import (
	"cmp"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Push is what a receiver's device shows while the app does not run: S042,
// S043, S050, S054, S060 to S067. The server keeps it with the message for
// whatever tells phones; other receivers are not shown it.
type Push struct {
	Title    string // empty is the sender's or the group's name
	Text     string // empty is the usual text of the message type; 8,192 bytes at most
	Data     string // for the app that is woken; 8,192 bytes at most
	Template string // id of a template in the app's settings, instead of Title and Text

	VoIP        bool // wakes an iOS device as a call does
	NoTitle     bool // of iOS devices
	ShowDetails bool // also to who has set devices to hide them

	IOS     *IOSPush
	Android *AndroidPush
	Harmony *HarmonyPush
}

// IOSPush is what the Apple push service is told.
type IOSPush struct {
	ThreadID          string
	CollapseID        string
	Category          string // empty is the object name
	RichMediaURL      string
	InterruptionLevel string // passive, active (the default), time-sensitive or critical
}

// AndroidPush is what the makers' push services are told.
type AndroidPush struct {
	NotificationID string
	MiChannel      string

	HuaweiChannel    string
	HuaweiCategory   string
	HuaweiImportance string // NORMAL (the default) or LOW
	HuaweiImage      string // URL

	OPPOChannel  string
	VivoType     string // 0 operation, 1 system
	VivoCategory string

	HonorImportance string // NORMAL (the default) or LOW
	HonorImage      string // URL

	Google GooglePush
}

// GooglePush is what Firebase is told.
type GooglePush struct {
	CollapseKey string
	ImageURL    string
	Priority    string // high or normal
}

// HarmonyPush is what HarmonyOS's push service is told.
type HarmonyPush struct {
	Image    string // https URL
	Category string
}

// WithPush says how devices that are not connected show the message.
func WithPush(p Push) SendOption {
	return func(o *outgoing) {
		o.push = &p
	}
}

func (o *outgoing) fillPush() error {
	p := o.push
	if p == nil {
		return nil
	}
	if len(p.Text) > chat.MaxPushText || len(p.Data) > chat.MaxPushText {
		return chat.Errorf(chat.BadPush, "the text or data of a push is over %d bytes", chat.MaxPushText)
	}
	if p.Text != "" {
		o.up.PushText = &p.Text
	}
	if p.Data != "" {
		o.up.AppData = &p.Data
	}
	config := int32(0)
	for bit, set := range map[int32]bool{configVoIP: p.VoIP, configNoTitle: p.NoTitle, configDetails: p.ShowDetails} {
		if set {
			config |= bit
		}
	}
	o.up.ConfigFlag = &config
	vendors := p.IOS != nil || p.Android != nil || p.Harmony != nil
	if !vendors && p.Title == "" && p.Template == "" {
		return nil
	}
	o.up.PushExt = &pb.PushExtra{Title: &p.Title, TemplateId: &p.Template}
	if !vendors {
		return nil
	}
	configs, err := p.configs()
	if err != nil {
		return &chat.Error{Code: chat.BadPush, Reason: "the push does not encode to JSON", Err: err}
	}
	o.up.PushExt.PushConfigs = &configs
	if p.Android != nil {
		o.up.PushExt.PushId = &p.Android.NotificationID
	}
	return nil
}

// configs is what each push service is told, as JSON.
func (p *Push) configs() (string, error) {
	ios, android, harmony := deref(p.IOS), deref(p.Android), deref(p.Harmony)
	google := map[string]string{}
	for name, value := range map[string]string{
		"collapse_key": android.Google.CollapseKey, "imageUrl": android.Google.ImageURL, "priority": android.Google.Priority,
	} {
		if value != "" {
			google[name] = value
		}
	}
	text, err := encodeJSON([]map[string]map[string]string{
		{"HW": {
			"channelId": android.HuaweiChannel, "importance": cmp.Or(android.HuaweiImportance, "NORMAL"),
			"image": android.HuaweiImage, "category": android.HuaweiCategory,
		}},
		{"MI": {"channelId": android.MiChannel}},
		{"OPPO": {"channelId": android.OPPOChannel}},
		{"VIVO": {"classification": android.VivoType, "category": android.VivoCategory}},
		{"APNS": {
			"thread-id": ios.ThreadID, "apns-collapse-id": ios.CollapseID, "category": ios.Category,
			"richMediaUri": ios.RichMediaURL, "interruption-level": cmp.Or(ios.InterruptionLevel, "active"),
		}},
		{"FCM": google},
		{"HONOR": {"importance": cmp.Or(android.HonorImportance, "NORMAL"), "image": android.HonorImage}},
		{"OHOS": {"category": harmony.Category, "image": harmony.Image}},
	})
	return string(text), err
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
