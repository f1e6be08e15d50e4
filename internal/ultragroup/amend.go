package ultragroup

import (
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// News returns what makes the message that tells those who see a channel of a
// change of one of its messages: by operator, from the session with origin.
func News(kind Kind, operator chat.UserID, origin uint64) func(*chat.Message) (*chat.Message, error) {
	return func(m *chat.Message) (*chat.Message, error) {
		c := Change{Kind: kind, Channel: m.Channel, UID: m.UID(), Time: m.ID.Tick, Operator: operator, Origin: origin}
		if kind == Recalled {
			// Clients take it from what they count.
			c.Mentions = mentionsIn(m)
		}
		n, err := c.message(operator, m.Target, m.Channel)
		if err != nil {
			return nil, err
		}
		if n.To = m.To; len(m.To) > 0 && operator != m.Sender {
			n.To = append([]chat.UserID{m.Sender}, m.To...)
		}
		return n, nil
	}
}

func mentionsIn(m *chat.Message) *Mentions {
	if m.Flags&chat.Mentioned == 0 {
		return nil
	}
	var content struct {
		Info *Mentions `json:"mentionedInfo"`
	}
	if json.Unmarshal(wire.Content(m), &content) != nil {
		return nil
	}
	return content.Info
}
