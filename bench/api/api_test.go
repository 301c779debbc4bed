package api

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// A line of the table: a figure of ours beside that of the plain way.
type line struct {
	what         string
	ours, plain  string
	ratio, bound float64 // ours against plain, and what it may be
	least        bool    // it may not be less, rather than not be more
}

func (l line) met() string {
	if l.bound == 0 {
		return ""
	}
	if l.least == (l.ratio >= l.bound) || l.ratio == l.bound {
		return "yes"
	}
	return "no"
}

// BenchmarkAPI prints the table that stands in README.md. It takes some two
// minutes, whatever b.N is.
func BenchmarkAPI(b *testing.B) {
	w := newWorld(b)
	var lines []line
	for _, measure := range []func(*testing.B, *world) []line{imports, lists, creates, exports} {
		lines = append(lines, measure(b, w)...)
	}
	for _, l := range lines {
		if l.bound > 0 {
			b.ReportMetric(l.ratio, strings.NewReplacer(" ", "-", ",", "").Replace(l.what)+"-ratio")
		}
	}
	out := "| | ours | plain | ratio | goal | met |\n|---|---|---|---|---|---|\n"
	for _, l := range lines {
		goal := "–"
		if l.bound > 0 {
			goal = fmt.Sprintf("%s %.1f", map[bool]string{true: "≥", false: "≤"}[l.least], l.bound)
		}
		out += fmt.Sprintf("| %s | %s | %s | %.2f | %s | %s |\n", l.what, l.ours, l.plain, l.ratio, goal, l.met())
	}
	fmt.Fprint(os.Stderr, "\n", out, "\n")
}

// beside measures two things in turn, so that whatever else the machine does
// meets both, and returns the median of each.
func beside(b *testing.B, times int, ours, plain func() error) (o, p time.Duration) {
	b.Helper()
	var all [2][]time.Duration
	for range times {
		for i, do := range []func() error{ours, plain} {
			begun := time.Now()
			if err := do(); err != nil {
				b.Fatal(err)
			}
			all[i] = append(all[i], time.Since(begun))
		}
	}
	return median(all[0]), median(all[1])
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func perSecond(n float64) string { return fmt.Sprintf("%.0f/s", n) }
