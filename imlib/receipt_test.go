package imlib_test

import (
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/receipt"
)

// names are the users of readers.
func names(list []imlib.Reader) (all []chat.UserID) {
	for _, r := range list {
		all = append(all, r.User)
	}
	return all
}

func TestReceiptsOfAGroup(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob", "carol", "dave")
	team := imlib.Group("team")
	alice, phone, bob, carol := watch(t, n, "alice"), watch(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "carol")
	sent := say(t, alice.Client, team, "hear, hear", imlib.WantReceipt(), imlib.Mention(imlib.Mentions{Users: []chat.UserID{"carol"}}))
	if m := bob.hears("hear, hear"); m.Flags&chat.Receipt == 0 {
		t.Error("bob does not see that a receipt is wanted")
	}
	for range 2 { // the second says nothing new
		ok(t, bob.SendReceipts(t.Context(), team, sent.UID))
	}
	for _, w := range []*watcher{alice, phone} {
		e := next[imlib.ReceiptChanged](w)
		if e.Conversation != team || e.UID != sent.UID || e.Total != 3 || e.Read != 1 || !slices.Equal(names(e.Readers), []chat.UserID{"bob"}) ||
			e.Readers[0].Time.Before(sent.Time) {
			t.Errorf("alice is told %+v", e)
		}
	}
	ok(t, carol.SendReceipts(t.Context(), team, sent.UID))
	if e := next[imlib.ReceiptChanged](alice); e.Read != 2 || !slices.Equal(names(e.Readers), []chat.UserID{"carol"}) || !e.Readers[0].Mentioned {
		t.Errorf("alice is told %+v", e)
	}
	if counts := must[[]imlib.ReceiptCount](t)(alice.ReceiptCounts(t.Context(), team, sent.UID)); len(counts) != 1 || counts[0].Total != 3 || counts[0].Read != 2 {
		t.Errorf("counted are %+v", counts)
	}
	for unread, want := range map[bool][]chat.UserID{false: {"bob", "carol"}, true: {"dave"}} {
		var got []chat.UserID
		for r, err := range alice.Readers(t.Context(), team, sent.UID, unread) {
			ok(t, err)
			got = append(got, r.User)
		}
		if !slices.Equal(got, want) {
			t.Errorf("unread %v: %q", unread, got)
		}
	}
	some := must[[]imlib.Reader](t)(alice.ReceiptsOf(t.Context(), team, sent.UID, "bob", "dave"))
	if len(some) != 2 || some[0].Time.IsZero() || !some[1].Time.IsZero() {
		t.Errorf("of two: %+v", some)
	}
	plain := say(t, alice.Client, team, "never mind")
	refused(t, chat.ReceiptNeedless, bob.SendReceipts(t.Context(), team, plain.UID))
	refused(t, chat.ReceiptMissing, bob.SendReceipts(t.Context(), team, "0000-0000-0000-0000"))
	refused(t, chat.ReceiptType, bob.SendReceipts(t.Context(), imlib.Chatroom("hall"), sent.UID))
	refused(t, chat.ReceiptTooMany, bob.SendReceipts(t.Context(), team))
	refused(t, chat.ReceiptV4Off, bob.ReadThrough(t.Context(), team, "", sent.UID))
	for _, err := range bob.Readers(t.Context(), team, sent.UID, false) {
		refused(t, chat.ReceiptNotYours, err)
	}
}

// Who was away when the message was read is told later, once.
func TestReceiptsWhileAway(t *testing.T) {
	n := imtest.Start(t)
	var net cutter
	alice, bob := watch(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial }), watch(t, n, "bob")
	sent := say(t, alice.Client, imlib.Private("bob"), "read this", imlib.WantReceipt())
	bob.hears("read this")
	net.cut()
	ok(t, bob.SendReceipts(t.Context(), imlib.Private("alice"), sent.UID))
	if e := next[imlib.ReceiptChanged](alice); e.Conversation != imlib.Private("bob") || e.UID != sent.UID || e.Read != 1 || e.Total != 1 {
		t.Errorf("alice is told %+v", e)
	}
}

func TestTellReadMovesTheReadMark(t *testing.T) {
	n := imtest.Start(t)
	alice, bob, laptop := watch(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "bob")
	sent := say(t, alice.Client, imlib.Private("bob"), "one")
	bob.hears("one")
	ok(t, bob.TellRead(t.Context(), imlib.Private("alice"), sent.UID))
	if e := next[imlib.PeerRead](alice); e.Conversation != imlib.Private("bob") || e.UID != sent.UID || !e.Through.Equal(sent.Time) {
		t.Errorf("alice is told %+v", e)
	}
	if e := next[imlib.ReadElsewhere](laptop); e.Conversation != imlib.Private("alice") || !e.Through.Equal(sent.Time) {
		t.Errorf("the laptop is told %+v", e)
	}
	refused(t, chat.BadConversationType, bob.TellRead(t.Context(), imlib.Group("team"), sent.UID))
}

func TestReceiptsOfTheFirstGeneration(t *testing.T) {
	n := imtest.Start(t, imtest.Receipts(receipt.V1))
	n.Join("team", "alice", "bob", "carol")
	team := imlib.Group("team")
	alice, bob, carol := watch(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "carol")
	sent := say(t, alice.Client, team, "who reads this?")
	ok(t, alice.RequestReceipt(t.Context(), team, sent.UID))
	for _, w := range []*watcher{bob, carol} {
		if e := next[imlib.ReceiptRequested](w); e.Conversation != team || e.UID != sent.UID || e.By != "alice" {
			t.Errorf("%s is told %+v", w.User(), e)
		}
		ok(t, w.AnswerReceiptRequests(t.Context(), team, map[chat.UserID][]chat.UID{"alice": {sent.UID}}))
		if e := next[imlib.GroupRead](alice); e.Conversation != team || e.By != w.User() || !slices.Equal(e.UIDs, []chat.UID{sent.UID}) {
			t.Errorf("alice is told %+v", e)
		}
	}
	refused(t, chat.BadUsers, bob.AnswerReceiptRequests(t.Context(), team, nil))
}

func TestReceiptsOfTheSecondGeneration(t *testing.T) {
	n := imtest.Start(t, imtest.Receipts(receipt.V2))
	n.Join("team", "alice", "bob", "carol")
	team := imlib.Group("team")
	alice, bob := watch(t, n, "alice"), watch(t, n, "bob")
	one, two := say(t, alice.Client, team, "one"), say(t, alice.Client, team, "two")
	bob.hears("two")
	ok(t, bob.ReadInGroup(t.Context(), team, one.UID, two.UID))
	if e := next[imlib.GroupRead](alice); e.Conversation != team || e.By != "bob" || !slices.Equal(e.UIDs, []chat.UID{one.UID, two.UID}) {
		t.Errorf("alice is told %+v", e)
	}
	if counts := must[[]imlib.ReceiptCount](t)(alice.ReceiptCounts(t.Context(), team, one.UID, two.UID)); len(counts) != 2 || counts[1].Read != 1 || counts[1].Total != 2 {
		t.Errorf("counted are %+v", counts)
	}
}

func TestReceiptsOfTheFourthGeneration(t *testing.T) {
	n := imtest.Start(t, imtest.Receipts(receipt.V4))
	n.Join("team", "alice", "bob")
	team := imlib.Group("team")
	alice, bob := watch(t, n, "alice"), watch(t, n, "bob")
	one, two := say(t, alice.Client, team, "one"), say(t, alice.Client, team, "two")
	bob.hears("two")
	ok(t, bob.ReadThrough(t.Context(), team, one.UID, two.UID))
	told := map[chat.UID]bool{}
	for len(told) < 2 {
		e := next[imlib.ReceiptChanged](alice)
		if told[e.UID] = true; e.Conversation != team || e.Read != 1 || e.Total != 1 {
			t.Errorf("alice is told %+v", e)
		}
	}
	private := say(t, alice.Client, imlib.Private("bob"), "three")
	bob.hears("three")
	ok(t, bob.ReadThrough(t.Context(), imlib.Private("alice"), "", private.UID))
	if e := next[imlib.PeerRead](alice); e.Conversation != imlib.Private("bob") || !e.Through.Equal(private.Time) {
		t.Errorf("alice is told %+v", e)
	}
	refused(t, chat.ReceiptV5Off, bob.SendReceipts(t.Context(), team, one.UID))
	refused(t, chat.BadEndUID, bob.ReadThrough(t.Context(), team, "", "x"))
	refused(t, chat.BadStartUID, bob.ReadThrough(t.Context(), team, "x", one.UID))
}
