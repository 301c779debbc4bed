package main

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// A table is what is printed: a figure, its goal, what it is held against, and
// how they relate.
type table struct{ lines [][5]string }

func (t *table) section(format string, args ...any) {
	t.lines = append(t.lines, [5]string{"§" + fmt.Sprintf(format, args...)})
}

func (t *table) row(what, figure, goal, baseline, ratio string) {
	t.lines = append(t.lines, [5]string{what, figure, goal, baseline, ratio})
}

func (t *table) print(out io.Writer) error {
	head := [5]string{"", "figure", "goal", "bound or baseline", "ratio"}
	width := [5]int{}
	for _, line := range append(t.lines, head) {
		for i, cell := range line {
			if i > 0 || cell == "" || cell[0] != "§"[0] {
				width[i] = max(width[i], utf8.RuneCountInString(cell))
			}
		}
	}
	print := func(line [5]string) error {
		for i, cell := range line {
			format := "%*s  "
			if i == 0 {
				width[i] = -max(width[i], -width[i]) // to the left
			}
			if _, err := fmt.Fprintf(out, format, width[i], cell); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(out)
		return err
	}
	for _, line := range t.lines {
		if title, ok := cutSection(line[0]); ok {
			if _, err := fmt.Fprintf(out, "\n%s\n", title); err != nil {
				return err
			}
			line = head
		}
		if err := print(line); err != nil {
			return err
		}
	}
	return nil
}

func cutSection(cell string) (string, bool) {
	const mark = "§"
	if len(cell) < len(mark) || cell[:len(mark)] != mark {
		return "", false
	}
	return cell[len(mark):], true
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func milli(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func megabytes(b int64) string { return fmt.Sprintf("%.0f MB", float64(b)/1e6) }

func ratio(a, b time.Duration) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ×", float64(a)/float64(b))
}
