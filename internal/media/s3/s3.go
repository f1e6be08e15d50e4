// Package s3 keeps files in a bucket of any storage that speaks the S3
// protocol. Clients upload to it and read from it themselves, with signatures
// of ours, so the bytes do not pass through this server.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/hongyan-im/hongyan/internal/media"
)

// Config says where a bucket is.
type Config struct {
	Bucket string
	Prefix string // of the names of objects; empty, or it ends with a slash
	Region string

	// Endpoint is where this server reaches the storage, and Public where
	// browsers do: URLs without a path.
	Endpoint, Public *url.URL

	KeyID, Secret string
}

// Parse reads s3://[KEY:SECRET@]BUCKET[/PREFIX]?endpoint=URL[&public=URL][&region=NAME].
// Without a key in it, it is the one in $AWS_ACCESS_KEY_ID and
// $AWS_SECRET_ACCESS_KEY; the region is us-east-1 unless it says another.
func Parse(text string) (Config, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return Config{}, errors.New("want s3://BUCKET/PREFIX?endpoint=URL") // the URL may have the secret in it
	}
	q := u.Query()
	c := Config{
		Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Region: q.Get("region"),
		KeyID: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	}
	if c.Prefix != "" {
		c.Prefix += "/"
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if u.User != nil {
		c.KeyID = u.User.Username()
		c.Secret, _ = u.User.Password()
	}
	if c.KeyID == "" || c.Secret == "" {
		return Config{}, errors.New("a key is needed: KEY:SECRET@ in the URL, or $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY")
	}
	if c.Endpoint, err = endpoint(q.Get("endpoint")); err != nil {
		return Config{}, fmt.Errorf("endpoint: %w", err)
	}
	c.Public = c.Endpoint
	if q.Has("public") {
		if c.Public, err = endpoint(q.Get("public")); err != nil {
			return Config{}, fmt.Errorf("public: %w", err)
		}
	}
	return c, nil
}

func endpoint(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" {
		return nil, fmt.Errorf("%q is no http:// or https:// URL without a path", text)
	}
	return u, nil
}

// S3 implements media.Direct for the files of one app.
type S3 struct {
	cfg    Config
	client *minio.Core // as this server reaches the storage
	public *minio.Core // as browsers do; it only signs
}

// Open uses a bucket, which must exist, for the files of an app.
func Open(cfg Config, app string) (*S3, error) {
	cfg.Prefix += app + "/"
	s := &S3{cfg: cfg}
	var err error
	if s.client, err = connect(cfg, cfg.Endpoint); err != nil {
		return nil, err
	}
	s.public, err = connect(cfg, cfg.Public)
	return s, err
}

func connect(cfg Config, at *url.URL) (*minio.Core, error) {
	return minio.NewCore(at.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(cfg.KeyID, cfg.Secret, ""),
		Secure: at.Scheme == "https", Region: cfg.Region,
		BucketLookup: minio.BucketLookupPath, // what clients of the minio kind ask for
		MaxRetries:   2,                      // somebody waits for the answer
	})
}

func (s *S3) object(n media.Name) string { return s.cfg.Prefix + n.ID + "/" + n.Key }

// plain sends bodies as they are: their hash would have to be known before.
var plain = minio.PutObjectOptions{DisableContentSha256: true, PartSize: 16 << 20}

// Put implements media.Blobs.
func (s *S3) Put(ctx context.Context, n media.Name, r io.Reader) (int64, error) {
	info, err := s.client.Client.PutObject(ctx, s.cfg.Bucket, s.object(n), r, -1, plain)
	return info.Size, err
}

// Open implements media.Blobs.
func (s *S3) Open(ctx context.Context, n media.Name) (io.ReadSeekCloser, error) {
	o, err := s.client.Client.GetObject(ctx, s.cfg.Bucket, s.object(n), minio.GetObjectOptions{})
	if err != nil {
		return nil, missing(err)
	}
	if _, err := o.Stat(); err != nil { // GetObject has not asked yet
		return nil, errors.Join(missing(err), o.Close())
	}
	return o, nil
}

// missing tells what is not there from what failed.
func missing(err error) error {
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey, minio.NoSuchUpload:
		return media.ErrNotFound
	case minio.InvalidPart:
		return media.ErrPart
	}
	return err
}

// Delete implements media.Blobs.
func (s *S3) Delete(ctx context.Context, n media.Name) error {
	return s.client.RemoveObject(ctx, s.cfg.Bucket, s.object(n), minio.RemoveObjectOptions{})
}

// Begin implements media.Blobs.
func (s *S3) Begin(ctx context.Context, n media.Name) (string, error) {
	return s.client.NewMultipartUpload(ctx, s.cfg.Bucket, s.object(n), minio.PutObjectOptions{})
}

// PutPart implements media.Blobs.
func (s *S3) PutPart(ctx context.Context, n media.Name, upload string, number int, r io.Reader, size int64) (media.Part, error) {
	p, err := s.client.PutObjectPart(ctx, s.cfg.Bucket, s.object(n), upload, number, r, size, minio.PutObjectPartOptions{DisableContentSha256: true})
	return media.Part{Number: number, ETag: strings.Trim(p.ETag, `"`), Size: p.Size}, missing(err)
}

// Parts implements media.Blobs.
func (s *S3) Parts(ctx context.Context, n media.Name, upload string) (parts []media.Part, err error) {
	for after := 0; ; {
		page, err := s.client.ListObjectParts(ctx, s.cfg.Bucket, s.object(n), upload, after, 1000)
		if err != nil {
			return nil, missing(err)
		}
		for _, p := range page.ObjectParts {
			parts = append(parts, media.Part{Number: p.PartNumber, ETag: strings.Trim(p.ETag, `"`), Size: p.Size})
		}
		if after = page.NextPartNumberMarker; !page.IsTruncated {
			return parts, nil
		}
	}
}

// Complete implements media.Blobs.
func (s *S3) Complete(ctx context.Context, n media.Name, upload string, parts []media.Part) (int64, error) {
	list := make([]minio.CompletePart, len(parts))
	for i, p := range parts {
		list[i] = minio.CompletePart{PartNumber: p.Number, ETag: p.ETag}
	}
	if _, err := s.client.CompleteMultipartUpload(ctx, s.cfg.Bucket, s.object(n), upload, list, minio.PutObjectOptions{}); err != nil {
		return 0, missing(err)
	}
	stat, err := s.Stat(ctx, n)
	return stat.Size, err
}

// Abort implements media.Blobs.
func (s *S3) Abort(ctx context.Context, n media.Name, upload string) error {
	err := s.client.AbortMultipartUpload(ctx, s.cfg.Bucket, s.object(n), upload)
	if errors.Is(missing(err), media.ErrNotFound) {
		return nil
	}
	return err
}

// Sweep implements media.Blobs.
func (s *S3) Sweep(ctx context.Context, before time.Time) error {
	for u := range s.client.ListIncompleteUploads(ctx, s.cfg.Bucket, s.cfg.Prefix, true) {
		if u.Err != nil {
			return u.Err
		}
		if u.Initiated.Before(before) {
			if err := s.client.AbortMultipartUpload(ctx, s.cfg.Bucket, u.Key, u.UploadID); err != nil {
				return missing(err)
			}
		}
	}
	return nil
}

// Target implements media.Direct.
func (s *S3) Target() string { return s.cfg.Public.String() }

// unsigned is what stands for the hash of a body that is not known.
const unsigned = "UNSIGNED-PAYLOAD"

// Sign implements media.Direct.
func (s *S3) Sign(n media.Name, method, query string) media.Signature {
	if method == "" {
		method = http.MethodPut
	}
	u := *s.cfg.Public
	u.Path, u.RawQuery = "/"+s.cfg.Bucket+"/"+s.object(n), query
	signed := signer.SignV4(http.Request{
		Method: method, URL: &u, Host: u.Host, Header: http.Header{"X-Amz-Content-Sha256": {unsigned}},
	}, s.cfg.KeyID, s.cfg.Secret, "", s.cfg.Region)
	return media.Signature{
		Bucket:        s.cfg.Bucket + "/" + strings.TrimSuffix(s.cfg.Prefix, "/") + "/" + n.ID,
		Authorization: signed.Header.Get("Authorization"), SHA256: unsigned, Date: signed.Header.Get("X-Amz-Date"),
	}
}

// Stat implements media.Direct.
func (s *S3) Stat(ctx context.Context, n media.Name) (media.Stat, error) {
	info, err := s.client.StatObject(ctx, s.cfg.Bucket, s.object(n), minio.StatObjectOptions{})
	if err != nil {
		return media.Stat{}, missing(err)
	}
	return media.Stat{Size: info.Size, Type: info.ContentType, Disposition: info.Metadata.Get("Content-Disposition")}, nil
}

// Link implements media.Direct.
func (s *S3) Link(ctx context.Context, n media.Name, life time.Duration, contentType, disposition string) (string, error) {
	u, err := s.public.PresignedGetObject(ctx, s.cfg.Bucket, s.object(n), life, url.Values{
		"response-content-type": {contentType}, "response-content-disposition": {disposition},
	})
	if err != nil {
		return "", err
	}
	return u.String(), nil
}
