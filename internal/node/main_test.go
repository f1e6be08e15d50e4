package node_test

import (
	"os"
	"testing"

	"github.com/hongyan-im/hongyan/internal/imtest"
)

func TestMain(m *testing.M) { os.Exit(imtest.Main(m)) }
