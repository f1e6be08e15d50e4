package ultragroup

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// typingInfo is the bit of TypingNotify.notify_type which says that it names users.
const typingInfo = 1

// Typing tells the others who see a channel that user is typing there.
func (g *Groups) Typing(ctx context.Context, user chat.UserID, c chat.Conversation, operation int32, now chat.Tick) error {
	list, err := g.roster.UltraAudience(ctx, c.Target, c.Channel, user)
	if err != nil {
		return err
	}
	notify := &pb.TypingNotify{
		Type: new(int32(chat.UltraGroup)), NotifyType: new(int64(typingInfo)),
		Info: []*pb.TypingUser{{TargetId: &c.Target, BusChannel: &c.Channel, UserId: new(string(user)), OpType: &operation, OpTime: new(int64(now))}},
	}
	typing, err := notify.MarshalVT()
	if err == nil {
		g.hub.Typing(list, user, typing)
	}
	return err
}
