package main

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// A table is what is printed: in sections, a figure, its goal, what it is held
// against, and how they relate.
type table struct{ sections []section }

type section struct {
	title string
	rows  [][5]string
}

func (t *table) section(format string, args ...any) {
	t.sections = append(t.sections, section{title: fmt.Sprintf(format, args...)})
}

func (t *table) row(what, figure, goal, baseline, ratio string) {
	last := &t.sections[len(t.sections)-1]
	last.rows = append(last.rows, [5]string{what, figure, goal, baseline, ratio})
}

// write writes the sections as Markdown does tables.
func (t *table) write(out io.Writer) error {
	for _, s := range t.sections {
		if _, err := fmt.Fprintf(out, "\n%s\n\n", s.title); err != nil {
			return err
		}
		rows := append([][5]string{{"", "figure", "goal", "bound or baseline", "ratio"}, {":--", "--:", "--:", "--:", "--:"}}, s.rows...)
		var width [5]int
		for _, row := range rows {
			for i, cell := range row {
				width[i] = max(width[i], utf8.RuneCountInString(cell))
			}
		}
		for _, row := range rows {
			if _, err := fmt.Fprintf(out, "| %-*s | %*s | %*s | %*s | %*s |\n",
				width[0], row[0], width[1], row[1], width[2], row[2], width[3], row[3], width[4], row[4]); err != nil {
				return err
			}
		}
	}
	return nil
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
