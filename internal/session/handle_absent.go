package session

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// absentQueries are about what this server does not have and clients have a
// code for, which tells a user more than that a topic is not supported.
var absentQueries = handlers{
	wire.TopicTranslate:         (*Session).refuseTranslation,
	wire.TopicTranslateLanguage: (*Session).refuseTranslation,
	wire.TopicTranslateSwitch:   (*Session).refuseTranslation,

	wire.TopicSubscribe:          (*Session).refuseSubscription,
	wire.TopicSubscriptions:      (*Session).refuseSubscription,
	wire.TopicSubscribed:         (*Session).refuseSubscription,
	wire.TopicSubscribedStatuses: (*Session).refuseSubscription,

	wire.TopicGroupCreate:       (*Session).refuseGroupChange,
	wire.TopicGroupChange:       (*Session).refuseGroupChange,
	wire.TopicGroupKick:         (*Session).refuseGroupChange,
	wire.TopicGroupQuit:         (*Session).refuseGroupChange,
	wire.TopicGroupDismiss:      (*Session).refuseGroupChange,
	wire.TopicGroupTransfer:     (*Session).refuseGroupChange,
	wire.TopicGroupManagers:     (*Session).refuseGroupChange,
	wire.TopicGroupMember:       (*Session).refuseGroupChange,
	wire.TopicGroupJoin:         (*Session).refuseGroupChange,
	wire.TopicGroupInvite:       (*Session).refuseGroupChange,
	wire.TopicGroupApplication:  (*Session).refuseGroupChange,
	wire.TopicGroupApplications: (*Session).refuseGroupChange,
	wire.TopicGroupRemark:       (*Session).refuseGroupChange,
	wire.TopicGroupFollow:       (*Session).refuseGroupChange,
	wire.TopicGroupFollows:      (*Session).refuseGroupChange,

	wire.TopicProfileChange:      (*Session).refuseProfile,
	wire.TopicProfileRightChange: (*Session).refuseProfile,
	wire.TopicProfileRight:       (*Session).refuseProfile,
	wire.TopicProfileSearch:      (*Session).refuseProfile,
	wire.TopicFriendAdd:          (*Session).refuseProfile,
	wire.TopicFriendDelete:       (*Session).refuseProfile,
	wire.TopicFriendHandle:       (*Session).refuseProfile,
	wire.TopicFriendChange:       (*Session).refuseProfile,
	wire.TopicFriendCheck:        (*Session).refuseProfile,
	wire.TopicFriends:            (*Session).refuseProfile,
	wire.TopicFriendsInfo:        (*Session).refuseProfile,
	wire.TopicFriendRightChange:  (*Session).refuseProfile,
	wire.TopicFriendRight:        (*Session).refuseProfile,
}

func (s *Session) refuseGroupChange(f *wire.ClientFrame) {
	s.refuseQuery(f, chat.Errorf(chat.GroupByServerOnly, "groups are made and changed by the app's server"))
}

func (s *Session) refuseProfile(f *wire.ClientFrame) {
	s.refuseQuery(f, chat.Errorf(chat.ProfilesOff, "this server keeps no profiles or friends that users change"))
}

func (s *Session) refuseSubscription(f *wire.ClientFrame) {
	s.refuseQuery(f, chat.Errorf(chat.SubscriptionsOff, "nobody can subscribe to a user"))
}

func (s *Session) refuseTranslation(f *wire.ClientFrame) {
	s.refuseQuery(f, chat.Errorf(chat.TranslationOff, "this server translates nothing"))
}
