package fanout

import (
	"fmt"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
)

// Device is what a session runs on.
type Device struct {
	// ID names the device among those of its user. Two sessions with the same
	// one are one device that came back. It may be empty.
	ID       string
	Platform Platform
	// Line names the connection: sessions that share it are one device to
	// Devices. 0 is one of its own.
	Line uint64
}

// Platform is a kind of device.
type Platform uint8

// The platforms.
const (
	Web Platform = iota
	Mobile
	Desktop
	MiniProgram
)

// String is the name of the platform.
func (p Platform) String() string {
	switch p {
	case Web:
		return "web"
	case Mobile:
		return "mobile"
	case Desktop:
		return "desktop"
	case MiniProgram:
		return "mini-program"
	}
	return fmt.Sprintf("platform-%d", uint8(p))
}

// Devices says how many sessions of a user may be live at once; the oldest
// ones make room for a new one. Zero is no limit.
type Devices struct {
	Total       int
	PerPlatform int
}

// makeRoom ends the sessions of p that may not be live beside s, its newest.
// Those on one line count as one.
func (h *Hub) makeRoom(p *presence, s Session) {
	device := s.Device()
	var total, same []uint64 // lines that stay
	// From the newest to the oldest, so that what is over the limit is old.
	for i := len(p.sessions) - 1; i >= 0; i-- {
		other := p.sessions[i]
		d := other.Device()
		switch {
		case other != s && d.ID != "" && d.ID == device.ID:
			h.remove(p, other)
			other.Replaced()
			continue
		case d.Line != 0 && slices.Contains(total, d.Line):
			continue
		}
		rival := d.Platform == device.Platform
		if full(total, h.devices.Total) || rival && full(same, h.devices.PerPlatform) {
			h.remove(p, other)
			other.Kick(chat.Kicked)
			continue
		}
		total = append(total, d.Line)
		if rival {
			same = append(same, d.Line)
		}
	}
}

func full(lines []uint64, limit int) bool { return limit > 0 && len(lines) >= limit }
