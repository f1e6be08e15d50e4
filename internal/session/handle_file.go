package session

import (
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks about files. Each kind of storage has a topic of its own
// for the URL of a file; the answer is the same.
var fileQueries = handlers{
	wire.TopicUpload:        (*Session).handleTicket,
	wire.TopicDownload:      (*Session).handleFileURL,
	wire.TopicDownloadMinio: (*Session).handleFileURL,
	wire.TopicDownloadS3:    (*Session).handleFileURL,
	wire.TopicDownloadAli:   (*Session).handleFileURL,
	wire.TopicDownloadSTC:   (*Session).handleFileURL,
}

// maxKiB is more than any file has, and keeps its bytes countable.
const maxKiB = 1 << 40

// handleTicket lets the user upload a file. PROTOCOL.md#files
func (s *Session) handleTicket(f *wire.ClientFrame) {
	var q pb.UploadRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	t, err := s.Files.Ticket(s.ctx, media.Request{
		User: s.client.User, Type: media.Type(q.GetType()), Key: q.GetKey(), Size: min(q.GetSize(), maxKiB) << 10,
		Method: q.GetHttpMethod(), Query: q.GetQueryString(),
	})
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	deadline := t.Expires.Unix()
	s.send(f, &pb.UploadAnswer{
		Deadline: &deadline, Token: &t.Token,
		MinioAuthorization: &t.Authorization, MinioContentSha256: &t.SHA256, MinioDate: &t.Date, MinioBucketName: &t.Bucket,
	})
}

// handleFileURL says where a file that the user uploaded is read.
func (s *Session) handleFileURL(f *wire.ClientFrame) {
	var q pb.DownloadRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	url, err := s.Files.URL(s.ctx, s.client.Files, s.client.User, q.GetKey(), q.GetFileName())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.send(f, &pb.DownloadAnswer{DownloadUrl: &url})
}
