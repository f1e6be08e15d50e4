package ultragroup

import (
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// News returns what makes the message that tells those who see a channel of a
// change of one of its messages. Which message it is need not be said.
func News(c Change) func(*chat.Message) (*chat.Message, error) {
	return func(m *chat.Message) (*chat.Message, error) {
		c := c
		c.Channel, c.UID, c.Time = m.Channel, m.UID(), m.ID.Tick
		if c.Kind == Recalled {
			// Clients take it from what they count.
			c.Mentions = mentionsIn(m)
		}
		n, err := c.message(c.Operator, m.Target, m.Channel)
		if err != nil {
			return nil, err
		}
		if n.To = m.To; len(m.To) > 0 && c.Operator != m.Sender {
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
