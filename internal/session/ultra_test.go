package session

import (
	"context"
	"errors"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
)

// A hint goes out while the hub is still offering its tick to others. A client
// that is quick to pull gets what it was hinted at all the same, or it would
// wait for the next hint, which would never come.
func TestPullOfUltraGroupsReachesTheHint(t *testing.T) {
	for kind, flags := range map[int]chat.Flags{ultraMessages: 0, ultraChanges: chat.Hidden} {
		for _, direct := range []bool{true, false} {
			s, _, _ := reader(t, Client{User: "alice", Direct: direct}, 1)
			cursor := s.goOnline()
			for tick := cursor + 1; tick < cursor+3; tick++ {
				m := message(t, 0)
				m.Type, m.Target, m.Channel, m.Flags = chat.UltraGroup, "club", "plaza", m.Flags|flags
				offer(s, tick, m) // and the hub's own tick stays behind
				page, err := s.pullUltra(kind, tick-1, func(context.Context, chat.UserID, ultragroup.Since) (store.Page, error) {
					return store.Page{}, errors.New("the store knows no more")
				})
				if err != nil || len(page.Messages) != 1 || page.Through != tick {
					t.Errorf("kind %d, direct %v: %d messages through %d of %d, %v", kind, direct, len(page.Messages), page.Through, tick, err)
				}
				s.sendUltra(kind, s.queryack(nil, 1, chat.OK), page.Through)
			}
		}
	}
}
