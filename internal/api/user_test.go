package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/store"
)

func (b *fixture) user(id chat.UserID) store.User {
	b.t.Helper()
	u, err := b.store.User(context.Background(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		b.t.Fatal(err)
	}
	return u
}

func (b *fixture) token(user string) auth.Claims {
	b.t.Helper()
	got := b.ok("/user/getToken.json", "userId="+user)
	if got["userId"] != user {
		b.t.Errorf("userId is %v, want %s", got["userId"], user)
	}
	token, _ := got["token"].(string)
	c, err := b.tokens.Verify(token, time.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *fixture) admit(c auth.Claims, want chat.Code) {
	b.t.Helper()
	if err := auth.Admit(c, b.user(c.User), time.Now()); chat.CodeOf(err) != want {
		b.t.Errorf("admitted with %v, want %s", err, want)
	}
}

func TestGetToken(t *testing.T) {
	b := start(t, Config{}, func(a *App) { a.TokenLife = time.Hour })
	c := b.token("alice")
	if left := time.Until(c.Expires); left < 59*time.Minute || left > 61*time.Minute {
		t.Errorf("the token expires in %s", left)
	}
	if b.store.Last() != 0 {
		t.Error("a token without a name was worth a commit")
	}
	b.ok("/user/getToken.json", "userId=alice&name=Alice&portraitUri=http://x/a.png")
	last := b.store.Last()
	b.ok("/user/getToken.json", "userId=alice&name=Alice")
	if b.store.Last() != last {
		t.Error("the same name again was worth a commit")
	}
	b.ok("/user/refresh.json", "userId=alice&name=Al")
	if u := b.user("alice"); u.Name != "Al" || u.Portrait != "http://x/a.png" {
		t.Errorf("alice is %+v", u)
	}
}

func TestExpireTokens(t *testing.T) {
	b := start(t, Config{}, nil)
	first := b.token("alice")
	at := first.Issued.UnixMilli()
	b.ok("/user/token/expire.json", fmt.Sprintf("userId=bob&userId=alice&time=%d", at))
	b.admit(first, chat.OK) // it was not issued before that time
	b.ok("/user/token/expire.json", fmt.Sprintf("userId=alice&time=%d", at+1))
	b.admit(first, chat.TokenIncorrect)
	b.ok("/user/token/expire.json", fmt.Sprintf("userId=alice&time=%d", at-1000))
	b.admit(first, chat.TokenIncorrect)
	second, err := b.tokens.Issue("alice", first.Issued.Add(time.Millisecond), 0)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.tokens.Verify(second, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.admit(c, chat.OK)
}

func TestBlock(t *testing.T) {
	b := start(t, Config{}, nil)
	c := b.token("alice")
	b.ok("/user/block.json", "userId=alice&minute=1")
	b.admit(c, chat.UserBlocked)
	if want := []string{"alice user-blocked"}; !reflect.DeepEqual(b.kicked.all, want) {
		t.Errorf("kicked %v, want %v", b.kicked.all, want)
	}
	b.ok("/user/unblock.json", "userId=alice")
	b.admit(c, chat.OK)
	b.ok("/user/unblock.json", "userId=nobody")
}

// Two calls change different things of one user: neither is lost.
func TestChangesOfOneUserDoNotOverwriteEachOther(t *testing.T) {
	b := start(t, Config{}, nil)
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() { b.ok("/user/block.json", "userId=alice&minute=10") })
		calls.Go(func() { b.ok("/user/token/expire.json", "userId=alice&time=1700000000000") })
		calls.Go(func() { b.ok("/user/refresh.json", "userId=alice&name=Alice") })
		calls.Go(func() { b.ok("/user/refresh.json", "userId=alice&portraitUri=x") })
	}
	calls.Wait()
	u := b.user("alice")
	if u.BlockedUntil.IsZero() || u.TokensAfter.IsZero() || u.Name != "Alice" || u.Portrait != "x" {
		t.Errorf("alice is %+v", u)
	}
}

func TestBlacklist(t *testing.T) {
	b := start(t, Config{Blacklist: 3}, nil)
	want := func(users ...any) {
		t.Helper()
		got := b.ok("/user/blacklist/query.json", "userId=alice")
		if list, ok := got["users"].([]any); !ok || len(list) != len(users) || len(users) > 0 && !reflect.DeepEqual(list, users) {
			t.Errorf("blacklist is %v, want %v", got["users"], users)
		}
	}
	want()
	b.ok("/user/blacklist/add.json", "userId=alice&blackUserId=bob&blackUserId=carol")
	b.ok("/user/blacklist/add.json", "userId=alice&blackUserId=bob&blackUserId=dan")
	want("bob", "carol", "dan")
	b.refused("/user/blacklist/add.json", "userId=alice&blackUserId=eve", 400, 1002, "over 3")
	b.ok("/user/blacklist/add.json", "userId=alice&blackUserId=bob")
	b.ok("/user/blacklist/remove.json", "userId=alice&blackUserId=bob&blackUserId=nobody")
	want("carol", "dan")
}

func TestUserParameters(t *testing.T) {
	b := start(t, Config{}, nil)
	long := strings.Repeat("u", 65)
	for _, c := range []struct{ path, form, about string }{
		{"/user/getToken", "", "userId is missing"},
		{"/user/getToken", "userId=" + long, "userId is 65 bytes"},
		{"/user/getToken", "userId=" + strings.Repeat("u", 6600), "userId is 6600 bytes"},
		{"/user/getToken", "userId=a%00b", "userId holds a control character"},
		{"/user/getToken", "userId=%ff", "userId is not UTF-8"},
		{"/user/getToken", "userId=a&name=" + strings.Repeat("n", 129), "name is 129 characters, over 64"},
		{"/user/getToken", "userId=a&name=%ff", "name is not UTF-8"},
		{"/user/getToken", "userId=a&portraitUri=" + strings.Repeat("p", 1025), "portraitUri is 1025 bytes, over 1024"},
		{"/user/refresh", "name=x", "userId is missing"},
		{"/user/token/expire", "time=1700000000000", "userId is missing"},
		{"/user/token/expire", "userId=a", "time is missing"},
		{"/user/token/expire", "userId=a&time=-1", "time is \"-1\", not a number from 1 to"},
		{"/user/token/expire", "userId=a&time=99999999999999999999", "time is"},
		{"/user/token/expire", list("userId", 21) + "&time=1700000000000", "userId is there 21 times, over 20"},
		{"/user/block", "userId=a", "minute is missing"},
		{"/user/block", "userId=a&minute=0", "minute is \"0\", not a number from 1 to 43200"},
		{"/user/block", "userId=a&minute=43201", "minute"},
		{"/user/block", "userId=a&minute=x", "minute"},
		{"/user/block", "minute=1", "userId is missing"},
		{"/user/block", "userId=" + strings.Repeat("u", 256) + "&minute=1", "userId is 256 bytes"},
		{"/user/unblock", "userId=" + strings.Repeat("u", 70), "userId is 70 bytes"},
		{"/user/blacklist/add", "userId=a", "blackUserId is missing"},
		{"/user/blacklist/add", "blackUserId=a", "userId is missing"},
		{"/user/blacklist/add", "userId=" + strings.Repeat("u", 6600) + "&blackUserId=b", "userId is 6600 bytes"},
		{"/user/blacklist/add", "userId=a&" + list("blackUserId", 21), "blackUserId is there 21 times, over 20"},
		{"/user/blacklist/remove", "userId=a", "blackUserId is missing"},
		{"/user/blacklist/query", "", "userId is missing"},
	} {
		b.refused(c.path+".json", c.form, 400, 1002, c.about)
	}
	b.ok("/user/getToken.json", "userId="+strings.Repeat("u", 64)+"&name="+strings.Repeat("鸿", 64))
	b.ok("/user/getToken.json", "userId=a&name="+strings.Repeat("n", 128))
}
