// Package storetest is the contract of package store as tests, and stores for
// the tests of others: Model, the contract in plain maps; Failing and Slow,
// which spoil the commits of another store.
//
// A driver's test calls Run, and Reopen when it keeps what it was given:
//
//	func TestContract(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { … })
//	}
//
// Each "must" and "returns" of the contract has a case named after it.
package storetest
