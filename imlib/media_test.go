package imlib

import (
	"bytes"
	"image"
	"testing"
	"time"
)

func TestThumbnailFrame(t *testing.T) {
	for _, c := range []struct {
		t    Thumbnails
		full image.Point
		from image.Rectangle
		size image.Point
	}{
		{Thumbnails{}, image.Pt(320, 320), image.Rect(0, 0, 320, 320), image.Pt(160, 160)},
		{Thumbnails{}, image.Pt(640, 320), image.Rect(160, 0, 480, 320), image.Pt(160, 160)},
		{Thumbnails{Scale: 2}, image.Pt(640, 320), image.Rect(0, 0, 640, 320), image.Pt(160, 80)},
		{Thumbnails{Scale: 2}, image.Pt(320, 640), image.Rect(0, 0, 320, 640), image.Pt(80, 160)},
		{Thumbnails{MaxWidth: 40, MaxHeight: 80}, image.Pt(100, 400), image.Rect(0, 100, 100, 300), image.Pt(40, 80)},
		{Thumbnails{}, image.Pt(3, 2), image.Rect(0, 0, 2, 2), image.Pt(2, 2)}, // it is not made larger
		{Thumbnails{Scale: 1e9}, image.Pt(10000, 1), image.Rect(0, 0, 10000, 1), image.Pt(160, 1)},
		{Thumbnails{MaxWidth: -1, Quality: -1, Scale: -1}, image.Pt(1, 1), image.Rect(0, 0, 1, 1), image.Pt(1, 1)},
	} {
		from, size := c.t.frame(image.Rectangle{Max: c.full})
		if from != c.from || size != c.size {
			t.Errorf("%+v of %v: %v in %v, want %v in %v", c.t, c.full, from, size, c.from, c.size)
		}
	}
}

func TestProgressPercent(t *testing.T) {
	for p, want := range map[Progress]int{{0, 0}: 0, {5, 0}: 0, {0, 7}: 0, {1, 3}: 33, {2, 3}: 66, {3, 3}: 100, {999, 1000}: 99} {
		if got := p.Percent(); got != want {
			t.Errorf("%+v is %d %%", p, got)
		}
	}
}

func TestDecodeStorage(t *testing.T) {
	for text, want := range map[string]storage{
		`{}`:                          {},
		`[`:                           {},
		`{"ossConfig":"nonsense"}`:    {},
		`{"ossConfig":"[{\"p\":1}]"}`: {},
		`{"ossConfig":"[{\"qiniu\":\"q\",\"p\":\"2\"},{\"minio\":\"b/\",\"p\":\"2\"},{\"minio\":\"a/\",\"p\":\"1\"}]"}`: {objects: "a", form: "q"},
	} {
		if got := decodeStorage([]byte(text)); *got != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// Whatever is in a file, what is found out about it makes sense.
func FuzzReadSound(f *testing.F) {
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00abcd"))
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xf1\x50\x40\x01\xbf\xfc\x00\xc8\x00\x80\x23\x80"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _ := readSound(data)
		if s.duration < 0 || s.rate < 0 || s.channels < 0 || s.duration > time.Duration(len(data))*time.Second {
			t.Errorf("%+v", s)
		}
	})
}

// Whatever says it is a picture is one, or is refused.
func FuzzPicture(f *testing.F) {
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readPicture(data)
		if err != nil || p.width*p.height > 1<<20 {
			return
		}
		if err := p.shrink(data, Thumbnails{}); err == nil && (p.thumbnail == "" || p.small.X > usualSide || p.small.Y > usualSide) {
			t.Errorf("%+v", p)
		}
	})
}

func FuzzResume(f *testing.F) {
	f.Add("eyJLZXkiOiJrIiwiSUQiOiJpIiwiUGFydCI6ODM4ODYwOCwiU2l6ZSI6M30")
	f.Fuzz(func(t *testing.T, text string) {
		tr := transfer{body: &body{r: bytes.NewReader(nil), size: 3}}
		if tr.resume(text) == nil && (tr.key == "" || tr.id == "" || tr.part < 1 || tr.part > partSize) {
			t.Errorf("%+v", tr)
		}
	})
}
