package image_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/sandbox"
)

func start(t *testing.T) (*sandbox.Sandbox, func(path string, key igny8.Secret) image.Config) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() {
		h.CloseIdleConnections()
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, func(path string, key igny8.Secret) image.Config {
		return image.Config{BaseURL: srv.URL + path, Key: key, HTTP: h, Poll: time.Millisecond}
	}
}

var wish = image.Request{Key: "item:images:1", Prompt: "a coffee grinder on a wooden table", Width: 640, Height: 512}

// Every fault of the order, then the same call again: in the end there is one
// picture, and no more of them were paid for than said here.
func TestSandboxRunware(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.Kind]struct {
		first igny8.Code
		paid  int
	}{
		"":                   {"", 1},
		sandbox.RateLimited:  {igny8.Busy, 1},
		sandbox.NoQuota:      {igny8.NoQuota, 1},
		sandbox.Unauthorized: {igny8.Credentials, 1},
		sandbox.Error500:     {igny8.Unavailable, 1},
		sandbox.Maintenance:  {igny8.Unavailable, 1},
		sandbox.Moderated:    {igny8.Refused, 1},
		sandbox.ResetBefore:  {igny8.Unknown, 1},
		sandbox.ResetAfter:   {igny8.Unknown, 1},
		sandbox.CutLength:    {igny8.Unknown, 1},
		sandbox.CutClose:     {igny8.Unknown, 1},
		sandbox.InvalidJSON:  {igny8.Unknown, 1},
		sandbox.ErrorAfter:   {igny8.Unavailable, 1},
		sandbox.Partial:      {"", 1},
		sandbox.ConflictUUID: {"", 1},
		sandbox.FailedTask:   {igny8.Unavailable, 1},
		sandbox.NotImage:     {igny8.Malformed, 2},
		sandbox.EmptyOutput:  {igny8.Unavailable, 2},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, config := start(t)
			if kind != "" {
				fault := sandbox.Fault{Kind: kind, Match: sandbox.Match{Purpose: "imageInference"}}
				if err := s.Break(fault); err != nil {
					t.Fatal(err)
				}
			}
			c := image.Runware(config(sandbox.RunwarePath, "key"))
			if _, err := c.Generate(t.Context(), wish); igny8.CodeOf(err) != want.first {
				t.Fatalf("code %q, want %q: %v", igny8.CodeOf(err), want.first, err)
			}
			p, err := c.Generate(t.Context(), wish)
			if err != nil || p.Width != 640 || p.Height != 512 || p.MIME != "image/jpeg" {
				t.Fatalf("again: %d × %d %s, %v", p.Width, p.Height, p.MIME, err)
			}
			if n := s.Effects().Images; n != want.paid {
				t.Errorf("%d pictures were made, want %d", n, want.paid)
			}
		})
	}
}

func TestSandboxOpenAI(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.Kind]igny8.Code{
		"": "", sandbox.RateLimited: igny8.Busy, sandbox.NoQuota: igny8.NoQuota, sandbox.Unauthorized: igny8.Credentials, sandbox.Moderated: igny8.Refused,
		sandbox.Error502: igny8.Unavailable, sandbox.ResetAfter: igny8.Unknown, sandbox.CutClose: igny8.Unknown, sandbox.EmptyOutput: igny8.Malformed,
		sandbox.NotImage: igny8.Malformed, sandbox.WrongType: "", sandbox.HTMLBeforeJSON: igny8.Unknown,
	} {
		for _, model := range []string{"", "dall-e-3"} {
			s, config := start(t)
			if kind != "" {
				if err := s.Break(sandbox.Fault{Kind: kind}); err != nil {
					t.Fatal(err)
				}
			}
			order := wish
			order.Model = model
			p, err := image.OpenAI(config(sandbox.OpenAIPath, "sk-key")).Generate(t.Context(), order)
			if igny8.CodeOf(err) != want {
				t.Errorf("%s: code %q, want %q: %v", kind, igny8.CodeOf(err), want, err)
			}
			if err == nil && (p.Width == 0 || p.CostMicros == 0) {
				t.Errorf("%s: %+v", kind, p)
			}
			if n := len(s.Calls()); n != 1 {
				t.Errorf("%s: %d requests", kind, n)
			}
		}
	}
}

// The caller's time is up while the picture is in the making; the next call
// finds it.
func TestSandboxOutOfTime(t *testing.T) {
	t.Parallel()
	s, config := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := image.Runware(config(sandbox.RunwarePath, "key"))
	if _, err := c.Submit(ctx, image.TaskID(wish.Key, 0), wish); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := c.Generate(ctx, wish); igny8.CodeOf(err) != igny8.Canceled {
		t.Errorf("canceled before anything was sent: %v", err)
	}
	if _, err := c.Generate(t.Context(), wish); err != nil {
		t.Error(err)
	}
	if n := s.Effects().Images; n != 1 {
		t.Errorf("%d pictures", n)
	}
}

func TestSandboxPing(t *testing.T) {
	t.Parallel()
	_, config := start(t)
	for key, want := range map[igny8.Secret]igny8.Code{"key": "", "bad-key": igny8.Credentials, "": igny8.NotConfigured} {
		if err := image.Runware(config(sandbox.RunwarePath, key)).Ping(t.Context()); igny8.CodeOf(err) != want {
			t.Errorf("%q: %v", key.Reveal(), err)
		}
	}
	if _, err := image.Runware(config(sandbox.RunwarePath, "nocredits")).Generate(t.Context(), wish); igny8.CodeOf(err) != igny8.NoQuota {
		t.Error(err)
	}
}
