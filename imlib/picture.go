package imlib

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"image"
	"image/color"
	_ "image/gif" // the pictures that are decoded
	"image/jpeg"
	_ "image/png"
	"io"

	"github.com/hongyan-im/hongyan/chat"
)

// Thumbnails says how the thumbnail of an image is made; the zero value is
// what official SDKs do: S156.
type Thumbnails struct {
	MaxWidth, MaxHeight int // pixels; 0 is 160

	// Quality is that of the JPEG, above 0 to 1; 0 is 1. It is lowered by tenths
	// until the thumbnail is within 70 KB.
	Quality float64

	// Scale is how many times as long as the shorter side the longer one of the
	// image may be to be shown whole: of one that is longer the thumbnail shows
	// the middle. 0 is 1.
	Scale float64
}

const (
	usualSide = 160
	// usualThumbnail is the most base64 of a thumbnail, some below what a
	// message may hold.
	usualThumbnail = chat.MaxThumbnail - 10<<10
	maxPixels      = 100_000_000
	// maxPicture is the largest image or sound that is held in memory to find
	// something out about it.
	maxPicture = 64 << 20
)

// picture is what is found out about an image.
type picture struct {
	format        string
	width, height int
	thumbnail     string
	small         image.Point // sides of the thumbnail
}

// readPicture finds out about an image without a thumbnail.
func readPicture(data []byte) (picture, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return picture{}, &chat.Error{Code: chat.NotMedia, Reason: "this is no JPEG, PNG or GIF", Err: err}
	}
	return picture{format: format, width: c.Width, height: c.Height}, nil
}

// shrink makes the thumbnail of an image.
func (p *picture) shrink(data []byte, t Thumbnails) error {
	if p.width*p.height > maxPixels {
		return chat.Errorf(chat.NotMedia, "an image of %d × %d pixels is too large to make a thumbnail of; give one", p.width, p.height)
	}
	full, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return &chat.Error{Code: chat.NotMedia, Reason: "the image does not decode", Err: err}
	}
	from, size := t.frame(full.Bounds())
	small := scaled(full, from, size)
	for quality := int(100 * cmp.Or(min(max(t.Quality, 0), 1), 1)); quality > 0; quality -= 10 {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: quality}); err != nil {
			return &chat.Error{Code: chat.NotMedia, Reason: "the thumbnail does not encode", Err: err}
		}
		if base64.StdEncoding.EncodedLen(b.Len()) <= usualThumbnail {
			p.thumbnail, p.small = base64.StdEncoding.EncodeToString(b.Bytes()), size
			return nil
		}
	}
	return chat.Errorf(chat.BadSendOptions, "a thumbnail of %d × %d pixels is over %d bytes at any quality", size.X, size.Y, usualThumbnail)
}

// frame is which part of an image a thumbnail shows, and how large it is.
func (t Thumbnails) frame(full image.Rectangle) (from image.Rectangle, size image.Point) {
	w, h := max(1, full.Dx()), max(1, full.Dy())
	box := image.Pt(cmp.Or(max(t.MaxWidth, 0), usualSide), cmp.Or(max(t.MaxHeight, 0), usualSide))
	if ratio := cmp.Or(max(t.Scale, 0), 1); float64(max(w, h)) > ratio*float64(min(w, h)) {
		// The largest part in the middle with the sides of the box.
		if w*box.Y > h*box.X {
			w = max(1, h*box.X/box.Y)
		} else {
			h = max(1, w*box.Y/box.X)
		}
	}
	x, y := full.Min.X+(full.Dx()-w)/2, full.Min.Y+(full.Dy()-h)/2
	size = image.Pt(w, h)
	if w > box.X || h > box.Y {
		if w*box.Y > h*box.X {
			size = image.Pt(box.X, max(1, h*box.X/w))
		} else {
			size = image.Pt(max(1, w*box.Y/h), box.Y)
		}
	}
	return image.Rect(x, y, x+w, y+h), size
}

// scaled is a part of an image, made smaller: each pixel is the mean of those
// in its place, on white where they are transparent.
func scaled(full image.Image, from image.Rectangle, size image.Point) *image.RGBA {
	small := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		top, bottom := from.Min.Y+y*from.Dy()/size.Y, from.Min.Y+(y+1)*from.Dy()/size.Y
		for x := range size.X {
			left, right := from.Min.X+x*from.Dx()/size.X, from.Min.X+(x+1)*from.Dx()/size.X
			small.SetRGBA(x, y, mean(full, image.Rect(left, top, max(right, left+1), max(bottom, top+1))))
		}
	}
	return small
}

func mean(full image.Image, place image.Rectangle) color.RGBA {
	var r, g, b, n uint64
	for y := place.Min.Y; y < place.Max.Y; y++ {
		for x := place.Min.X; x < place.Max.X; x++ {
			pr, pg, pb, pa := full.At(x, y).RGBA()
			white := uint64(0xffff - pa)
			r, g, b, n = r+uint64(pr)+white, g+uint64(pg)+white, b+uint64(pb)+white, n+1
		}
	}
	return color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 0xff}
}

// inMemory is all of a file, so that it can be looked at and uploaded.
func inMemory(r io.Reader) ([]byte, error) {
	if s, ok := r.(io.Seeker); ok {
		if _, err := s.Seek(0, io.SeekStart); err != nil {
			return nil, &chat.Error{Code: chat.NotMedia, Reason: "the file cannot be read", Err: err}
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxPicture+1))
	if err != nil {
		return nil, &chat.Error{Code: chat.NotMedia, Reason: "the file cannot be read", Err: err}
	}
	if len(data) > maxPicture {
		return nil, chat.Errorf(chat.NotMedia, "the file is over %d bytes, too large to find out about it; send it by SendFile, or Upload it", maxPicture)
	}
	return data, nil
}
