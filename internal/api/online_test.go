package api

import (
	"net/http"
	"testing"
)

func TestCheckOnline(t *testing.T) {
	b := start(t, Config{}, nil)
	for user, want := range map[string]string{"online": "1", "somebody": "0"} {
		if got := b.ok("/user/checkOnline.json", "userId="+user)["status"]; got != want {
			t.Errorf("%s has the status %v, want %s", user, got, want)
		}
	}
	b.refused("/user/checkOnline.json", "", http.StatusBadRequest, 1002, "userId")
}
