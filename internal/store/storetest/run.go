package storetest

import (
	"testing"

	"github.com/hongyan-im/hongyan/internal/store"
)

// test is one case of the contract.
type test struct {
	name string
	run  func(s *story)
}

// Run checks that the stores of open fulfil the contract. Each case gets a
// store of its own, which must be empty, have the default Options, and is
// closed by the case.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"Errors", errorTests},
		{"Commit", commitTests},
		{"Sent", sentTests},
		{"Messages", messageTests},
		{"Pull", pullTests},
		{"Logs", logTests},
		{"History", historyTests},
		{"Merge", mergeTests},
		{"Reads", readTests},
		{"Groups", groupTests},
		{"Blacklists", blacklistTests},
		{"Rooms", roomTests},
		{"Users", userTests},
		{"Entries", entryTests},
		{"Replaced", replacedTests},
		{"Ids", idTests},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, test := range part.tests {
				t.Run(test.name, func(t *testing.T) {
					s := open(t)
					defer closeStore(t, s)
					test.run(&story{Store: s, t: t, ctx: t.Context()})
				})
			}
		})
	}
	t.Run("Model/AnswersAreTheSame", func(t *testing.T) { likeModel(t, open) })
}

func closeStore(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
