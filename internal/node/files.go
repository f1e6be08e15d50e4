package node

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/media/disk"
	"github.com/hongyan-im/hongyan/internal/media/s3"
	"github.com/hongyan-im/hongyan/internal/store"
)

// openFiles are the files of an app.
func openFiles(cfg *Config, app App, entries store.Entries, writer media.Writer, metrics prometheus.Registerer) (*media.Files, error) {
	blobs, err := openBlobs(cfg, app.Key)
	if err != nil {
		return nil, err
	}
	limits := cfg.Files.Limits
	if app.FileLimits != nil {
		limits = *app.FileLimits
	}
	return media.New(media.Config{
		App: app.Key, Secret: app.Secret, Limits: limits, Blobs: blobs, Entries: entries, Writer: writer,
		Metrics: metrics, Log: cfg.Log.With("app", app.Key),
	})
}

func openBlobs(cfg *Config, app string) (media.Blobs, error) {
	if cfg.Files.Storage == "" {
		return disk.Open(filepath.Join(cfg.Data, app, "files"))
	}
	at, err := s3.Parse(cfg.Files.Storage)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return s3.Open(at, app)
}

// uploadTarget is where clients of the minio kind upload to; empty is here.
func (f Files) uploadTarget() string {
	at, err := s3.Parse(f.Storage)
	if err != nil {
		return "" // here, or New has said so
	}
	return at.Public.String()
}

// validate refuses a URL that clients could not use, and tidies it.
func (f *Files) validate() error {
	if f.URL == "" {
		return nil
	}
	f.URL = strings.TrimSuffix(f.URL, "/")
	u, err := url.Parse(f.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != media.Path {
		return fmt.Errorf("files-url: %q is not http:// or https://, a host and %s", f.URL, media.Path)
	}
	return nil
}
