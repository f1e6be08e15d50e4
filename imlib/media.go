package imlib

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// SendFile uploads a file and sends a FileMessage: S140, S141, S142. All
// options of a message count: S153. What is wrong with an argument is found
// before anything is uploaded.
//
// Sent.MessageID is there also when it failed, and Sent.Resume when there is
// something of the file to go on from, so that the same call with both goes on.
func (c *Client) SendFile(ctx context.Context, to chat.Conversation, u Upload, options ...SendOption) (Sent, error) {
	return c.sendUpload(ctx, to, FileOther, u, Uploaded{}, options, func(d Uploaded) Content {
		return FileMessage{Name: d.Name, Size: d.Size, Type: extension(d.Name), URL: d.URL, Common: u.Common}
	})
}

// extension is what names the type of a file to people.
func extension(name string) string {
	return cmp.Or(strings.TrimPrefix(path.Ext(name), "."), "bin")
}

// SendImage uploads a JPEG, PNG or GIF of at most 64 MiB and sends an
// ImageMessage with a thumbnail, which it makes unless the upload has one: S156.
// With a thumbnail any other picture is taken, too. See SendFile.
func (c *Client) SendImage(ctx context.Context, to chat.Conversation, u Upload, options ...SendOption) (Sent, error) {
	facts := Uploaded{Thumbnail: u.Thumbnail}
	if u.Thumbnail == "" {
		data, p, err := u.picture()
		if err == nil {
			err = p.shrink(data, u.Thumbnails)
		}
		if err != nil {
			return Sent{}, err
		}
		facts = Uploaded{
			Width: p.width, Height: p.height, Thumbnail: p.thumbnail, ThumbnailWidth: p.small.X, ThumbnailHeight: p.small.Y,
		}
	}
	return c.sendUpload(ctx, to, FileImage, u, facts, options, func(d Uploaded) Content {
		return ImageMessage{
			Thumbnail: d.Thumbnail, URL: d.URL, ThumbnailWidth: d.ThumbnailWidth, ThumbnailHeight: d.ThumbnailHeight, Common: u.Common,
		}
	})
}

// SendGIF uploads a GIF of at most 64 MiB and sends a GIFMessage: S140. See
// SendFile.
func (c *Client) SendGIF(ctx context.Context, to chat.Conversation, u Upload, options ...SendOption) (Sent, error) {
	_, p, err := u.picture()
	if err != nil {
		return Sent{}, err
	}
	facts := Uploaded{Width: p.width, Height: p.height}
	return c.sendUpload(ctx, to, FileImage, u, facts, options, func(d Uploaded) Content {
		return GIFMessage{Size: d.Size, URL: d.URL, Width: d.Width, Height: d.Height, Common: u.Common}
	})
}

// SendVoice uploads a recording of at most 60 s and 64 MiB and sends an
// HQVoiceMessage: S157. Of WAV and AAC (ADTS) it finds out how long they are;
// for others Upload.Duration says so, else the code is chat.UploadFailed. Phones
// play AAC. See SendFile.
func (c *Client) SendVoice(ctx context.Context, to chat.Conversation, u Upload, options ...SendOption) (Sent, error) {
	data, err := u.held()
	if err != nil {
		return Sent{}, err
	}
	s, ok := readSound(data)
	if s.duration = cmp.Or(u.Duration, s.duration); !ok && s.duration <= 0 {
		return Sent{}, chat.Errorf(chat.UploadFailed, "how long the recording is cannot be read of it, so Duration is needed")
	}
	facts := Uploaded{Duration: s.duration, SampleRate: s.rate, Channels: s.channels}
	kind := strings.ToLower(extension(u.Name))
	if u.Name == "" || kind == "aac" {
		kind = "" // the usual one
	}
	return c.sendUpload(ctx, to, FileAudio, u, facts, options, func(d Uploaded) Content {
		return HQVoiceMessage{
			URL: d.URL, Duration: int(d.Duration / time.Second), Type: kind, SampleRate: d.SampleRate, Channels: d.Channels, Common: u.Common,
		}
	})
}

// SendSight uploads a short video and sends a SightMessage with the upload's
// Duration and Thumbnail: S158. Phones play H.264 and AAC: S159. See SendFile.
func (c *Client) SendSight(ctx context.Context, to chat.Conversation, u Upload, options ...SendOption) (Sent, error) {
	facts := Uploaded{Duration: u.Duration, Thumbnail: u.Thumbnail}
	return c.sendUpload(ctx, to, FileSight, u, facts, options, func(d Uploaded) Content {
		return SightMessage{
			URL: d.URL, Thumbnail: d.Thumbnail, Duration: int(d.Duration / time.Second), Size: d.Size, Name: d.Name, Common: u.Common,
		}
	})
}

// sendUpload uploads a file of which the facts are known and sends the message
// that usual makes of it, or the one that the upload's Complete does.
func (c *Client) sendUpload(ctx context.Context, to chat.Conversation, kind FileType, u Upload, facts Uploaded, options []SendOption, usual func(Uploaded) Content) (Sent, error) {
	// A message without its URL has all else that may be wrong.
	draft, err := compose(to, usual(facts), options)
	if err != nil {
		return Sent{}, err
	}
	id := draft.up.GetClientUniqueId()
	done, err := c.Upload(ctx, kind, u)
	if err != nil {
		return Sent{MessageID: id, Resume: done.Resume}, err
	}
	facts.URL, facts.Name, facts.Size, facts.Type, facts.Resume = done.URL, done.Name, done.Size, done.Type, done.Resume
	var content Content
	if u.Complete != nil {
		content = u.Complete(facts)
	}
	if content == nil {
		content = usual(facts)
	}
	sent, err := c.Send(ctx, to, content, append(options[:len(options):len(options)], MessageID(id))...)
	if err != nil {
		sent.MessageID, sent.Resume = id, done.Resume
	}
	return sent, err
}

// held is all of the file, which from now on is in memory.
func (u *Upload) held() ([]byte, error) {
	if u.Body == nil {
		return nil, chat.Errorf(chat.NotMedia, "there is no file to upload: Body is nil")
	}
	data, err := inMemory(u.Body)
	if err != nil {
		return nil, err
	}
	u.Body, u.Size = bytes.NewReader(data), int64(len(data))
	return data, nil
}

// picture is the file, and what is found out about the image that it is.
func (u *Upload) picture() ([]byte, picture, error) {
	data, err := u.held()
	if err != nil {
		return nil, picture{}, err
	}
	p, err := readPicture(data)
	if u.Type == "" && err == nil {
		u.Type = "image/" + p.format
	}
	return data, p, err
}
