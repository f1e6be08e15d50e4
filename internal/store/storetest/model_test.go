package storetest

import (
	"testing"

	"github.com/hongyan-im/hongyan/internal/store"
)

func TestModel(t *testing.T) {
	Run(t, func(*testing.T) store.Store { return NewModel(store.Options{}) })
}
