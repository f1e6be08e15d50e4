package local_test

import (
	"testing"

	"github.com/hongyan-im/hongyan/internal/tail"
	"github.com/hongyan-im/hongyan/internal/tail/local"
	"github.com/hongyan-im/hongyan/internal/tail/tailtest"
)

func TestContract(t *testing.T) {
	tailtest.Run(t, func(*testing.T) tail.Tail { return local.New() })
}
