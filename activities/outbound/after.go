package outbound

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// MaxAfter is the longest that a provider can make us wait with one reply.
const MaxAfter = 15 * time.Minute

// After returns how long a reply asks us to wait, between 0 and MaxAfter, and 0
// if it doesn't say. It looks, in this order, at retry-after-ms, at Retry-After
// in seconds or as a date, at "try again in 1.78s" in the text, and at the
// x-ratelimit-reset headers of the limits that are used up. There is no jitter
// in it: whoever waits beside others adds some.
func After(h http.Header, text string, now time.Time) time.Duration {
	if ms, ok := number(h.Get("Retry-After-Ms")); ok {
		return clamp(ms / 1000)
	}
	if v := strings.TrimSpace(h.Get("Retry-After")); v != "" {
		if s, ok := number(v); ok {
			return clamp(s)
		}
		if at, err := http.ParseTime(v); err == nil {
			return clamp(at.Sub(now).Seconds())
		}
	}
	if m := tryAgain.FindStringSubmatch(text); m != nil {
		if d, err := time.ParseDuration(strings.ToLower(m[1])); err == nil {
			return clamp(d.Seconds())
		}
	}
	return reset(h, now)
}

// tryAgain finds the wait in a sentence: "Please try again in 6m0s."
var tryAgain = regexp.MustCompile(`(?i)try again in ((?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h))+)`)

// reset reads x-ratelimit-reset and its -requests and -tokens forms: durations
// ("6m0s", "20ms"), seconds, or a Unix time. Of several, the longest of those
// with nothing remaining counts; if none says what remains, the longest.
func reset(h http.Header, now time.Time) time.Duration {
	var longest, exhausted time.Duration
	spent := false
	for _, kind := range []string{"", "-Requests", "-Tokens"} {
		d, ok := wait(h.Get("X-Ratelimit-Reset"+kind), now)
		if !ok {
			continue
		}
		longest = max(longest, d)
		if left, ok := number(h.Get("X-Ratelimit-Remaining" + kind)); ok && left <= 0 {
			spent, exhausted = true, max(exhausted, d)
		}
	}
	if spent {
		return exhausted
	}
	return longest
}

func wait(v string, now time.Time) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	if d, err := time.ParseDuration(v); err == nil {
		return clamp(d.Seconds()), true
	}
	s, ok := number(v)
	if !ok {
		return 0, false
	}
	if s > 1e9 { // a Unix time, not 30 years
		s -= float64(now.Unix())
	}
	return clamp(s), true
}

func number(v string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, !math.IsNaN(f)
}

func clamp(seconds float64) time.Duration {
	seconds = min(max(seconds, 0), MaxAfter.Seconds())
	return time.Duration(seconds * float64(time.Second))
}
