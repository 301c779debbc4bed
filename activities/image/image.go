// Package image has pictures made. Every request is bounded and never repeated
// here, every way of failing has its igny8.Code, and whatever comes back has
// been looked through to its end before it is called a picture.
package image

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg" // the formats a provider may answer with
	_ "image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	_ "golang.org/x/image/webp" // as the others

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// A Request is one picture. Key is the domain key of the step that wants it; the
// same key never buys two pictures from a provider that knows keys (Runware).
type Request struct {
	Key            string
	Prompt         string
	NegativePrompt string // what should not be seen
	Width, Height  int    // wished for; the provider takes the nearest it can do
	Model          string
}

// A Picture is one that was looked at, and is whole.
type Picture struct {
	Bytes         []byte
	MIME          string // image/png, image/jpeg or image/webp, from the bytes
	Width, Height int
	Provider      string
	Model         string
	CostMicros    int64 // millionths of a US dollar; 0 if unknown
	RequestID     string
}

// A Client has one picture made.
//
// The codes of its errors: Busy (with After, if the provider said it),
// Unavailable (nothing happened), Unknown (it may have been made and paid for),
// NoQuota, Credentials, Refused, Malformed (not a picture), Invalid, TooLarge,
// NotConfigured and Canceled. No error holds the key or a word of the prompt.
type Client interface {
	Generate(ctx context.Context, req Request) (Picture, error)
}

// Config says whom to ask.
type Config struct {
	BaseURL string // the provider's own if empty
	Key     igny8.Secret
	HTTP    *http.Client // from the package outbound; a strict one if nil
	// Poll is the first pause between two looks at a task that isn't done, a
	// second if 0; it grows to twice that.
	Poll time.Duration
}

var strict = outbound.Client(outbound.Options{})

func (c Config) client() *http.Client {
	if c.HTTP == nil {
		return strict
	}
	return c.HTTP
}

func (c Config) check() error {
	if c.Key == "" {
		return igny8.Errorf(igny8.NotConfigured, "There is no key for the image provider; enter one in the integration settings")
	}
	return nil
}

// post sends one JSON body.
func (c Config) post(ctx context.Context, url string, body []byte) (outbound.Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return outbound.Reply{}, igny8.Wrap(igny8.Invalid, err, "The image provider's address can't be used")
	}
	req.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return outbound.Do(c.client(), req, outbound.MaxPicture*4/3+outbound.MaxBody/10, provider)
}

const provider = "the image provider"

// maxPixels is the largest picture that is taken: 4,096 × 4,096.
const maxPixels = 4096 * 4096

// Decode looks whether b is a whole PNG, JPEG or WebP picture of at most 16.8
// million pixels, and says what it is. The code is Malformed if it is none, and
// TooLarge if it is too large.
func Decode(b []byte) (Picture, error) {
	p, err := Measure(b)
	if err != nil {
		return Picture{}, err
	}
	if !whole(b, strings.TrimPrefix(p.MIME, "image/")) {
		return Picture{}, igny8.Errorf(igny8.Malformed, "%s sent a damaged picture", provider)
	}
	return p, nil
}

// Measure reads a picture's head only: it says what Decode says of one that is
// known to be whole.
func Measure(b []byte) (Picture, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return Picture{}, igny8.Wrap(igny8.Malformed, err, "What %s sent is not a picture", provider)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return Picture{}, igny8.Errorf(igny8.Malformed, "%s sent a picture without a size", provider)
	}
	if config.Width > maxPixels/config.Height {
		return Picture{}, igny8.Errorf(igny8.TooLarge, "%s sent a picture of more than 16 million pixels", provider)
	}
	return Picture{Bytes: b, MIME: "image/" + format, Width: config.Width, Height: config.Height}, nil
}

// cause is what the log may know of a provider's error: status and names, never
// its message, which may quote the prompt or the key.
func cause(status int, names ...string) error {
	parts := []string{"status " + strconv.Itoa(status)}
	for _, n := range names {
		if name.MatchString(n) {
			parts = append(parts, n)
		}
	}
	return errors.New(strings.Join(parts, ", "))
}

var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.\[\]-]{0,63}$`)

// fail makes an error of a code that a provider's reply was found to have.
func fail(code igny8.Code, after time.Duration, cause error) error {
	return &igny8.Error{Code: code, Message: messages[code], After: after, Err: cause}
}

var messages = map[igny8.Code]string{
	igny8.Busy:        "the image provider asked us to slow down; try again in a minute",
	igny8.Unavailable: "the image provider has a problem of its own; try again later",
	igny8.Unknown:     "the image provider's reply was cut or garbled; perhaps the picture was made",
	igny8.NoQuota:     "the account at the image provider has no money left; add credit there and resume",
	igny8.Credentials: "the image provider refused the key; enter a valid one in the integration settings",
	igny8.Refused:     "the image provider's moderation refused the prompt or the picture",
	igny8.TooLarge:    "the prompt is longer than the image provider accepts",
	igny8.Invalid:     "the image provider can't do this request; check the model and the size",
	igny8.Malformed:   "the image provider answered, but with no picture",
}
