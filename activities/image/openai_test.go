package image

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/igny8/igny8"
)

func openaiFault(status int, kind, code, message string) step {
	return step{status, nil, fmt.Sprintf(`{"error":{"message":%q,"type":%q,"code":%q,"param":null}}`, message+" "+secretPrompt+" "+secretKey, kind, code)}
}

func openaiPicture(b []byte) step {
	return step{200, map[string]string{"X-Request-Id": "req_1"}, `{"created":1,"data":[{"b64_json":"` + base64.StdEncoding.EncodeToString(b) + `"}],"usage":{"output_tokens":1000,"input_tokens_details":{"text_tokens":10}}}`}
}

func TestOpenAIAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		step  step
		code  igny8.Code
		after time.Duration
	}{
		{"good", openaiPicture(drawn(64, 48, "png")), "", 0},
		{"wrong key", openaiFault(401, "invalid_request_error", "invalid_api_key", ""), igny8.Credentials, 0},
		{"forbidden", step{403, nil, "<html>"}, igny8.Credentials, 0},
		{"no quota", openaiFault(429, "insufficient_quota", "insufficient_quota", ""), igny8.NoQuota, 0},
		{"rate limit", openaiFault(429, "requests", "rate_limit_exceeded", "Please try again in 12s."), igny8.Busy, 12 * time.Second},
		{"moderation", openaiFault(400, "image_generation_user_error", "moderation_blocked", ""), igny8.Refused, 0},
		{"older moderation", openaiFault(400, "invalid_request_error", "content_policy_violation", ""), igny8.Refused, 0},
		{"bad size", openaiFault(400, "invalid_request_error", "invalid_value", ""), igny8.Invalid, 0},
		{"no such model", openaiFault(404, "invalid_request_error", "model_not_found", ""), igny8.Invalid, 0},
		{"server error", openaiFault(500, "server_error", "", ""), igny8.Unavailable, 0},
		{"gateway", step{502, nil, "<html>"}, igny8.Unavailable, 0},
		{"no data", step{200, nil, `{"data":[]}`}, igny8.Malformed, 0},
		{"not base64", step{200, nil, `{"data":[{"b64_json":"%%%"}]}`}, igny8.Malformed, 0},
		{"not a picture", openaiPicture([]byte("GIF89a or so")), igny8.Malformed, 0},
		{"half a picture", openaiPicture(drawn(64, 48, "png")[:60]), igny8.Malformed, 0},
		{"too many pixels", openaiPicture(hugePNG()), igny8.TooLarge, 0},
		{"an error under 200", step{200, nil, `{"error":{"code":"insufficient_quota"}}`}, igny8.NoQuota, 0},
		{"HTML before JSON", step{200, nil, `<br />{"data":[]}`}, igny8.Unknown, 0},
		{"half", step{200, nil, `{"data":[{"b64_json":"iVBORw`}, igny8.Unknown, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newScript(t, c.step)
			got, err := OpenAI(p.config).Generate(t.Context(), wish())
			checkError(t, err, c.code, c.after)
			if len(p.posts) != 1 {
				t.Errorf("%d requests", len(p.posts))
			}
			if err == nil && (got.MIME != "image/png" || got.Width != 64 || got.Height != 48 || got.CostMicros != 40_050 || got.RequestID != "req_1" || got.Provider != "openai") {
				t.Errorf("%+v", got)
			}
			if strings.Contains(c.name, "picture") && got.CostMicros != 40_050 {
				t.Errorf("what was paid is lost: %d", got.CostMicros)
			}
		})
	}
	_, err := OpenAI(Config{}).Generate(t.Context(), wish())
	checkError(t, err, igny8.NotConfigured, 0)
}

// hugePNG claims 60,000 × 60,000 pixels in a few bytes.
func hugePNG() []byte {
	b := drawn(8, 8, "png")
	binary.BigEndian.PutUint32(b[16:], 60000)
	binary.BigEndian.PutUint32(b[20:], 60000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestOpenAIOrders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model         string
		width, height int
		want          order
	}{
		{"", 0, 0, order{Model: "gpt-image-1", Size: "1024x1024", Quality: "medium", Format: "jpeg"}},
		{"gpt-image-1-mini", 1200, 630, order{Model: "gpt-image-1-mini", Size: "1536x1024", Quality: "medium", Format: "jpeg"}},
		{"gpt-image-1", 600, 900, order{Model: "gpt-image-1", Size: "1024x1536", Quality: "medium", Format: "jpeg"}},
		{"dall-e-3", 1920, 1080, order{Model: "dall-e-3", Size: "1792x1024", Quality: "standard", Response: "b64_json"}},
		{"dall-e-3", 1000, 1100, order{Model: "dall-e-3", Size: "1024x1024", Quality: "standard", Response: "b64_json"}},
		{"dall-e-2", 1920, 1080, order{Model: "dall-e-2", Size: "1024x1024", Response: "b64_json"}},
	} {
		p := newScript(t, openaiPicture(drawn(8, 8, "png")))
		req := wish()
		req.Model, req.Width, req.Height = c.model, c.width, c.height
		if _, err := OpenAI(p.config).Generate(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		var got order
		if err := json.Unmarshal([]byte(p.posts[0]), &got); err != nil {
			t.Fatal(err)
		}
		c.want.N, c.want.Prompt = 1, secretPrompt+"\n\nNot in the picture: text"
		if got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
	long := wish()
	long.Model, long.Prompt = "dall-e-3", strings.Repeat("x", 4001)
	_, err := OpenAI(Config{Key: secretKey}).Generate(t.Context(), long)
	checkError(t, err, igny8.TooLarge, 0)
}

// A WebP of one pixel, as an encoder wrote it.
const webp = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"

func TestDecode(t *testing.T) {
	t.Parallel()
	w, err := base64.StdEncoding.DecodeString(webp)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bytes []byte
		mime  string
		code  igny8.Code
	}{
		"png":      {drawn(3, 2, "png"), "image/png", ""},
		"jpeg":     {drawn(3, 2, "jpeg"), "image/jpeg", ""},
		"webp":     {w, "image/webp", ""},
		"nothing":  {nil, "", igny8.Malformed},
		"text":     {[]byte("hello"), "", igny8.Malformed},
		"svg":      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "", igny8.Malformed},
		"cut png":  {drawn(300, 200, "png")[:100], "", igny8.Malformed},
		"cut jpeg": {drawn(300, 200, "jpeg")[:700], "", igny8.Malformed},
		"cut webp": {w[:30], "", igny8.Malformed},
		"huge":     {hugePNG(), "", igny8.TooLarge},
	} {
		p, err := Decode(c.bytes)
		if igny8.CodeOf(err) != c.code || p.MIME != c.mime {
			t.Errorf("%s: %q, %v", name, p.MIME, err)
		}
		if head, unread := Measure(c.bytes); err == nil && (unread != nil || head.MIME != p.MIME || head.Width != p.Width || head.Height != p.Height) {
			t.Errorf("%s: its head says %+v, %v", name, head, unread)
		}
	}
}

func FuzzParseOpenAI(f *testing.F) {
	f.Add([]byte(openaiPicture(drawn(8, 8, "png")).body))
	f.Add([]byte(`{"data":[]}`))
	f.Add([]byte(`{"error":{"code":"x"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := parseOpenAI(body, order{Model: "gpt-image-1"})
		if err == nil && (p.Width <= 0 || p.Height <= 0 || len(p.Bytes) == 0) {
			t.Errorf("%+v", p)
		}
		if err != nil && igny8.CodeOf(err) == igny8.Internal {
			t.Errorf("an error without a code: %v", err)
		}
	})
}
