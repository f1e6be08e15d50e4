package imlib

import (
	"context"
	"iter"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Profile is what the app's server told of a user. What it did not tell is
// empty.
type Profile struct {
	User     chat.UserID
	Name     string
	Portrait string // URL
}

// OwnProfile returns the profile of this user.
func (c *Client) OwnProfile(ctx context.Context) (Profile, error) {
	var a pb.Profile
	err := c.request(ctx, wire.TopicOwnProfile, string(c.user), &pb.ProfileRequest{Nothing: new(int32)}, &a)
	return profileOf(&a), err
}

// Profiles returns the profiles of 1 to 100 users, in the order asked for. Of
// users whom nobody knows they are empty.
func (c *Client) Profiles(ctx context.Context, users ...chat.UserID) (list []Profile, err error) {
	if err := checkIDs(chat.BadUsers, "users", users, chat.MaxAskedUsers); err != nil {
		return nil, err
	}
	var a pb.Profiles
	if err := c.request(ctx, wire.TopicProfiles, string(c.user), &pb.ProfilesRequest{UserId: textsOf(users)}, &a); err != nil {
		return nil, err
	}
	for _, p := range a.List {
		list = append(list, profileOf(p))
	}
	return list, nil
}

func profileOf(p *pb.Profile) Profile {
	return Profile{chat.UserID(p.GetUserId()), entryOf(p.UserProfile, "name"), entryOf(p.UserProfile, "portraitUri")}
}

func entryOf(all []*pb.ProfileEntry, key string) string {
	for _, e := range all {
		if e.GetKey() == key {
			return e.GetValue()
		}
	}
	return ""
}

// GroupInfo is what is known of a group that the user is in.
type GroupInfo struct {
	ID      string
	Name    string
	Members int
	Joined  time.Time // when this user joined
}

// Groups returns what is known of 1 to 20 groups. Those that the user is not in
// are left out.
func (c *Client) Groups(ctx context.Context, ids ...string) ([]GroupInfo, error) {
	if err := checkIDs(chat.BadGroups, "groups", ids, chat.MaxAskedGroups); err != nil {
		return nil, err
	}
	q := &pb.DirectoryGroups{Type: new(int32(chat.Group))}
	for _, id := range ids {
		q.List = append(q.List, &pb.DirectoryTarget{TargetId: &id})
	}
	var a pb.DirectoryAnswer
	if err := c.request(ctx, wire.TopicGroups, string(c.user), q, &a); err != nil {
		return nil, err
	}
	return groupsOf(&a)
}

// JoinedGroups yields the groups that the user is in, the one joined first
// before the others. It asks for pages as the loop goes on, and ends with an
// error, if there is one.
func (c *Client) JoinedGroups(ctx context.Context) iter.Seq2[GroupInfo, error] {
	q := &pb.DirectoryRequest{Type: new(int32(chat.Group))}
	return pages(ctx, c, wire.TopicJoinedGroups, string(c.user), q, groupsOf)
}

func groupsOf(a *pb.DirectoryAnswer) (list []GroupInfo, err error) {
	var infos pb.DirectoryGroupInfos
	if err := infos.UnmarshalVT(a.GetResult()); err != nil {
		return nil, malformed(wire.TopicGroups, err)
	}
	for _, g := range infos.List {
		list = append(list, GroupInfo{
			g.GetTargetId(), entryOf(g.Profile, "name"), int(g.GetBaseInfo().GetMemberCount()), timeOf(g.GetUserInfo().GetJoinTime()),
		})
	}
	return list, nil
}

// Member is a user in a group.
type Member struct {
	Profile
	Joined time.Time
}

// Members yields who is in a group that the user is in, by their ids. It asks
// for pages as the loop goes on, and ends with an error, if there is one.
//
// Codes: BadGroup, NotInGroup.
func (c *Client) Members(ctx context.Context, group string) iter.Seq2[Member, error] {
	q := &pb.DirectoryRequest{Type: new(int32(chat.Group)), TargetId: &group}
	all := pages(ctx, c, wire.TopicMembers, group, q, membersOf)
	return func(yield func(Member, error) bool) {
		if err := checkID(chat.BadGroup, "the group's id", group); err != nil {
			yield(Member{}, err)
			return
		}
		all(yield)
	}
}

// MembersNamed returns those of 1 to 100 users who are in a group that this
// user is in.
//
// Codes: BadGroup, BadUsers, NotInGroup.
func (c *Client) MembersNamed(ctx context.Context, group string, users ...chat.UserID) ([]Member, error) {
	if err := checkID(chat.BadGroup, "the group's id", group); err != nil {
		return nil, err
	}
	if err := checkIDs(chat.BadUsers, "users", users, chat.MaxAskedUsers); err != nil {
		return nil, err
	}
	q := &pb.DirectoryRequest{Type: new(int32(chat.Group)), TargetId: &group, Ids: textsOf(users)}
	var a pb.DirectoryAnswer
	if err := c.request(ctx, wire.TopicSomeMembers, group, q, &a); err != nil {
		return nil, err
	}
	return membersOf(&a)
}

func membersOf(a *pb.DirectoryAnswer) (list []Member, err error) {
	var members pb.DirectoryMembers
	if err := members.UnmarshalVT(a.GetResult()); err != nil {
		return nil, malformed(wire.TopicMembers, err)
	}
	for _, m := range members.List {
		list = append(list, Member{
			Profile{chat.UserID(m.GetUserId()), m.GetName(), m.GetPortraitUrl()}, timeOf(m.GetExt().GetJoinTime()),
		})
	}
	return list, nil
}

// pages yields what the answers to q hold, page by page.
func pages[T any](ctx context.Context, c *Client, topic, target string, q *pb.DirectoryRequest, decode func(*pb.DirectoryAnswer) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		q.Page = &pb.DirectoryPage{Size: new(int32(chat.MaxMembersPage)), Order: new(int32(1))}
		for {
			var a pb.DirectoryAnswer
			err := c.request(ctx, topic, target, q, &a)
			var list []T
			if err == nil {
				list, err = decode(&a)
			}
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, element := range list {
				if !yield(element, nil) {
					return
				}
			}
			if !a.GetPage().GetHasNext() || len(list) == 0 {
				return
			}
			q.Page.PageToken = a.Page.PageToken
		}
	}
}
