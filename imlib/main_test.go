package imlib_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/hongyan-im/hongyan/internal/imtest"
)

// The test binary is also the server, and the client, that tests kill.
func TestMain(m *testing.M) {
	switch text, client := os.LookupEnv(clientEnv); {
	case imtest.IsServer():
		os.Exit(imtest.Main(m))
	case client:
		os.Exit(runClient(text))
	}
	goleak.VerifyTestMain(m)
}
