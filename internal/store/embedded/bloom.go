package embedded

import (
	"encoding/binary"
	"math/bits"

	"github.com/hongyan-im/hongyan/chat"
)

// bloomFilter is a split block Bloom filter: a key sets one bit in each of the
// eight words of one block, so a look-up touches one cache line. At sixteen
// bits a key about one absent key in 700 seems present.
type bloomFilter struct {
	blocks [][8]uint32
	room   int // keys that may still be put in
}

const (
	bitsPerKey    = 16
	bytesPerBlock = 32
)

// newBloomFilter is a filter with room for keys. It takes bloomBytes(keys) of memory.
func newBloomFilter(keys int) bloomFilter {
	return bloomFilter{blocks: make([][8]uint32, bloomBytes(keys)/bytesPerBlock), room: keys}
}

func bloomBytes(keys int) int64 {
	return (int64(keys)*bitsPerKey/(8*bytesPerBlock) + 1) * bytesPerBlock
}

func (f *bloomFilter) size() int64 { return int64(len(f.blocks)) * bytesPerBlock }

func (f *bloomFilter) full() bool { return f.room <= 0 }

func (f *bloomFilter) insert(hash uint64) {
	f.room--
	block := f.block(hash)
	for i, odd := range oddNumbers {
		block[i] |= 1 << (uint32(hash) * odd >> 27)
	}
}

func (f *bloomFilter) has(hash uint64) bool {
	block := f.block(hash)
	for i, odd := range oddNumbers {
		if block[i]&(1<<(uint32(hash)*odd>>27)) == 0 {
			return false
		}
	}
	return true
}

// block is chosen by the high half of the hash, the bits in it by the low half.
func (f *bloomFilter) block(hash uint64) *[8]uint32 {
	return &f.blocks[(hash>>32)*uint64(len(f.blocks))>>32]
}

// oddNumbers make eight independent hashes of one by multiplication.
var oddNumbers = [8]uint32{
	0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1, 0xb5297a4d, 0x68e31da5, 0x1b56c4e9,
}

// hashKey folds a key into 64 well mixed bits. Send keys are hashes already,
// but nothing here needs to rely on how good they are.
func hashKey(key chat.SendKey) uint64 {
	hi, lo := bits.Mul64(
		binary.LittleEndian.Uint64(key[:8])^0x9e3779b97f4a7c15,
		binary.LittleEndian.Uint64(key[8:])^0xd1b54a32d192ed03)
	hi, lo = bits.Mul64(hi^lo, 0xbf58476d1ce4e5b9)
	return hi ^ lo
}
