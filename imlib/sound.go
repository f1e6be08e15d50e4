package imlib

import (
	"bytes"
	"encoding/binary"
	"time"
)

// sound is what is found out about a recording.
type sound struct {
	duration       time.Duration
	rate, channels int
}

// readSound finds out about WAV and AAC in ADTS frames; ok is false for
// anything else.
func readSound(data []byte) (s sound, ok bool) {
	if s, ok = readWAV(data); !ok {
		s, ok = readADTS(data)
	}
	return s, ok
}

// readWAV goes through the chunks of a RIFF file: a name, a length, that many
// bytes and one more where that is odd.
func readWAV(data []byte) (s sound, ok bool) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return s, false
	}
	perSecond := 0
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		chunk := rest[8:min(int64(len(rest)), 8+size)]
		switch {
		case name == "fmt " && len(chunk) >= 12:
			s.channels = int(binary.LittleEndian.Uint16(chunk[2:]))
			s.rate = int(binary.LittleEndian.Uint32(chunk[4:]))
			perSecond = int(binary.LittleEndian.Uint32(chunk[8:]))
		case name == "data" && perSecond > 0:
			// A recorder that was cut off may have left a length that is too large.
			s.duration = time.Duration(float64(len(chunk)) / float64(perSecond) * float64(time.Second))
			return s, true
		}
		rest = rest[min(int64(len(rest)), 8+size+size&1):]
	}
	return s, false
}

// adtsRates are the sample rates of AAC, in hertz.
var adtsRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// readADTS counts the frames, each of which says its length and has 1,024
// samples for each of its blocks.
func readADTS(data []byte) (s sound, ok bool) {
	data = withoutID3(data)
	samples := 0
	for len(data) >= 7 && data[0] == 0xff && data[1]&0xf6 == 0xf0 {
		rate, size := int(data[2]>>2&15), int(data[3]&3)<<11|int(data[4])<<3|int(data[5]>>5)
		if rate >= len(adtsRates) || size < 7 {
			return s, false
		}
		s.rate, s.channels = adtsRates[rate], int(data[2]&1)<<2|int(data[3]>>6)
		samples += 1024 * (int(data[6]&3) + 1)
		data = data[min(size, len(data)):]
	}
	if samples == 0 {
		return s, false
	}
	s.duration = time.Duration(float64(samples) / float64(s.rate) * float64(time.Second))
	return s, true
}

// withoutID3 is a recording without the tags that may be before it.
func withoutID3(data []byte) []byte {
	if len(data) < 10 || !bytes.HasPrefix(data, []byte("ID3")) {
		return data
	}
	size := int(data[6]&127)<<21 | int(data[7]&127)<<14 | int(data[8]&127)<<7 | int(data[9]&127)
	return data[min(len(data), 10+size):]
}
