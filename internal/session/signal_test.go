package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

// Each line is what happens, and what the client is told:
//
//	news 6       there is something of tick 6
//	answer 6     the client asked and was told all up to 6
//	refuse       the client asked, and the store did not answer
func TestSignal(t *testing.T) {
	for name, script := range map[string]string{
		"nothing is told before the client asked by itself": `
			news 6    -> quiet
			answer 6  -> quiet
			news 7    -> tell 7`,
		"what came while the first answer was made is told after it": `
			news 6    -> quiet
			answer 5  -> tell 6`,
		"one signal is enough until it is answered": `
			answer 5  -> quiet
			news 6    -> tell 6
			news 7    -> quiet
			answer 7  -> quiet
			news 8    -> tell 8`,
		"a signal newer than the answer is kept by the client": `
			answer 5  -> quiet
			news 6    -> tell 6
			answer 5  -> quiet
			news 7    -> quiet`,
		"a signal that the answer overtook is dropped by the client": `
			answer 5  -> quiet
			news 6    -> tell 6
			news 7    -> quiet
			answer 6  -> tell 7`,
		"after a refusal the next news is told": `
			answer 5  -> quiet
			news 6    -> tell 6
			refuse    -> quiet
			news 7    -> tell 7`,
		"an answer about nothing at all is one": `
			answer 0  -> quiet
			news 6    -> tell 6`,
	} {
		t.Run(name, func(t *testing.T) {
			var s signal
			for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
				happens, want, _ := strings.Cut(line, "->")
				var what string
				var tick chat.Tick
				_, _ = fmt.Sscan(happens, &what, &tick) // refuse has no tick
				tell := false
				switch what {
				case "news":
					tell = s.add(tick)
				case "answer":
					tell = s.answer(tick)
				case "refuse":
					s.refuse()
				}
				got := "quiet"
				if tell {
					got = fmt.Sprint("tell ", s.latest)
				}
				if got != strings.TrimSpace(want) {
					t.Errorf("%s -> %s, not %s", strings.TrimSpace(happens), got, strings.TrimSpace(want))
				}
			}
		})
	}
}
