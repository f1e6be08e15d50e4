package node_test

import (
	"fmt"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// A question about users and groups has bounds, and is not answered to who is
// not in the group.
func TestDirectoryRefuses(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice")
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	ids := func(n int) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprint(i))
		}
		return ids
	}
	page := func(size int32, token string) *pb.DirectoryPage {
		return &pb.DirectoryPage{Size: &size, PageToken: &token}
	}
	for name, c := range map[string]struct {
		who   *imtest.Client
		topic string
		q     interface{ MarshalVT() ([]byte, error) }
		code  chat.Code
	}{
		"20 groups":           {alice, wire.TopicSomeGroups, &pb.DirectoryRequest{Ids: ids(20)}, chat.OK},
		"21 groups":           {alice, wire.TopicSomeGroups, &pb.DirectoryRequest{Ids: ids(21)}, chat.BadParameter},
		"101 users":           {alice, wire.TopicProfiles, &pb.ProfilesRequest{UserId: ids(101)}, chat.BadParameter},
		"101 members":         {alice, wire.TopicSomeMembers, &pb.DirectoryRequest{TargetId: new("team"), Ids: ids(101)}, chat.BadParameter},
		"a page of nothing":   {alice, wire.TopicMembers, &pb.DirectoryRequest{TargetId: new("team")}, chat.BadParameter},
		"a page of 100":       {alice, wire.TopicMembers, &pb.DirectoryRequest{TargetId: new("team"), Page: page(100, "")}, chat.OK},
		"a page of 101":       {alice, wire.TopicJoinedGroups, &pb.DirectoryRequest{Page: page(101, "")}, chat.BadParameter},
		"after who is gone":   {alice, wire.TopicMembers, &pb.DirectoryRequest{TargetId: new("team"), Page: page(10, "carol")}, chat.BadParameter},
		"a group of others":   {bob, wire.TopicMembers, &pb.DirectoryRequest{TargetId: new("team"), Page: page(10, "")}, chat.NotInGroup},
		"a group there isn't": {alice, wire.TopicSomeMembers, &pb.DirectoryRequest{TargetId: new("none"), Ids: ids(1)}, chat.NotInGroup},
		"an ultra group":      {alice, wire.TopicSomeMembers, &pb.DirectoryRequest{TargetId: new("\nteam"), Ids: ids(1)}, chat.NotInGroup},
	} {
		t.Run(name, func(t *testing.T) {
			payload, err := c.q.MarshalVT()
			if err != nil {
				t.Fatal(err)
			}
			if code, _, err := c.who.Query(c.topic, "alice", payload); err != nil || code != c.code {
				t.Errorf("answered with %d, %v, not %d", code, err, c.code)
			}
		})
	}
}
