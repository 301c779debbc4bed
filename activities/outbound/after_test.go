package outbound

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestAfter(t *testing.T) {
	t.Parallel()
	type h = map[string]string
	for _, c := range []struct {
		name   string
		header h
		text   string
		want   time.Duration
	}{
		{"nothing", nil, "", 0},
		{"seconds", h{"Retry-After": "7"}, "", 7 * time.Second},
		{"fraction", h{"Retry-After": "0.5"}, "", 500 * time.Millisecond},
		{"milliseconds first", h{"Retry-After-Ms": "1500", "Retry-After": "7"}, "", 1500 * time.Millisecond},
		{"bad milliseconds", h{"Retry-After-Ms": "soon", "Retry-After": "7"}, "", 7 * time.Second},
		{"date", h{"Retry-After": "Mon, 23 Nov 2026 12:02:00 GMT"}, "", 2 * time.Minute},
		{"date gone by", h{"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT"}, "", 0},
		{"date far off", h{"Retry-After": "Mon, 23 Nov 2099 11:00:00 GMT"}, "", MaxAfter},
		{"zero", h{"Retry-After": "0"}, "", 0},
		{"negative", h{"Retry-After": "-5"}, "", 0},
		{"huge", h{"Retry-After": "1000000000"}, "", MaxAfter},
		{"beyond numbers", h{"Retry-After": "1e999"}, "", MaxAfter},
		{"not a number", h{"Retry-After": "NaN"}, "", 0},
		{"words", h{"Retry-After": "a while"}, "", 0},
		{"sentence", nil, "Rate limit reached. Please try again in 1.78s. Visit us.", 1780 * time.Millisecond},
		{"sentence in minutes", nil, "try again in 6m0s", 6 * time.Minute},
		{"sentence in ms", nil, "Please try again in 20ms.", 20 * time.Millisecond},
		{"sentence, then resets", h{"X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Tokens": "0"}, "try again in 2s", 2 * time.Second},
		{"header over sentence", h{"Retry-After": "3"}, "try again in 9s", 3 * time.Second},
		{"the one used up", h{
			"X-Ratelimit-Reset-Requests": "33.023s", "X-Ratelimit-Remaining-Requests": "0",
			"X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Tokens": "1200",
		}, "", 33023 * time.Millisecond},
		{"resets alone", h{"X-Ratelimit-Reset-Requests": "20ms", "X-Ratelimit-Reset-Tokens": "6m0s"}, "", 6 * time.Minute},
		{"Unix time", h{"X-Ratelimit-Reset": "1795435230"}, "", 30 * time.Second},
		{"seconds of a reset", h{"X-Ratelimit-Reset": "45"}, "", 45 * time.Second},
	} {
		header := http.Header{}
		for k, v := range c.header {
			header.Set(k, v)
		}
		if got := After(header, c.text, noon); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Seconds, milliseconds, a date and a duration that mean the same wait the same.
func TestAfterAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second
		for name, value := range map[string]string{
			"Retry-After":       noon.Add(d).Format(http.TimeFormat),
			"Retry-After-Ms":    strconv.FormatInt(d.Milliseconds(), 10),
			"X-Ratelimit-Reset": d.String(),
		} {
			if got := After(http.Header{name: {value}}, "", noon); got != d {
				t.Fatalf("%s: %s is %v, want %v", name, value, got, d)
			}
		}
		if got := After(http.Header{}, "Please try again in "+d.String()+".", noon); got != d {
			t.Fatalf("the sentence is %v, want %v", got, d)
		}
	})
}

func FuzzAfter(f *testing.F) {
	for _, s := range []string{"7", "-1", "1e9", "0x10", "Inf", "NaN", "Mon, 23 Nov 2026 12:02:00 GMT", "6m0s", "99999999999h", "1795435230"} {
		f.Add(s, s, s, "try again in "+s)
	}
	f.Fuzz(func(t *testing.T, seconds, ms, reset, text string) {
		h := http.Header{"Retry-After": {seconds}, "Retry-After-Ms": {ms}, "X-Ratelimit-Reset": {reset}, "X-Ratelimit-Reset-Tokens": {reset}}
		for _, h := range []http.Header{h, {}, {"X-Ratelimit-Reset": {reset}}, {"Retry-After": {seconds}}} {
			if d := After(h, text, noon); d < 0 || d > MaxAfter {
				t.Errorf("%v from %q %q", d, h, text)
			}
		}
	})
}
