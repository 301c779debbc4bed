package cluster

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A labelled list is what people said belongs together.
type labelled struct {
	keywords []Keyword
	labels   []string
}

// readLabelled reads lines of text, label and perhaps volume, with tabs
// between.
func readLabelled(t testing.TB, path string) labelled {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var l labelled
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.GreaterOrEqual(t, len(f), 2, line)
		k := Keyword{Text: f[0]}
		if len(f) > 2 {
			n, err := strconv.Atoi(f[2])
			require.NoError(t, err)
			k.Volume = &n
		}
		l.keywords, l.labels = append(l.keywords, k), append(l.labels, f[1])
	}
	return l
}

// A score compares a partition with labels; all values reach 1.
type score struct {
	bcubed float64 // F1 of BCubed precision and recall
	ari    float64 // adjusted Rand index
	nmi    float64 // normalised mutual information, by the arithmetic mean
}

// rate scores the parts of a list, where part[i] is the part of keyword i.
func rate(labels []string, part []int) score {
	type cell struct {
		label string
		part  int
	}
	n := float64(len(labels))
	both, byLabel, byPart := map[cell]float64{}, map[string]float64{}, map[int]float64{}
	for i, l := range labels {
		both[cell{l, part[i]}]++
		byLabel[l]++
		byPart[part[i]]++
	}
	pairs := func(x float64) float64 { return x * (x - 1) / 2 }
	var together, labelPairs, partPairs, precision, recall, mutual, labelH, partH float64
	for c, v := range both {
		together += pairs(v)
		precision += v * v / byPart[c.part] / n
		recall += v * v / byLabel[c.label] / n
		mutual += v / n * math.Log(n*v/(byLabel[c.label]*byPart[c.part]))
	}
	for _, v := range byLabel {
		labelPairs += pairs(v)
		labelH -= v / n * math.Log(v/n)
	}
	for _, v := range byPart {
		partPairs += pairs(v)
		partH -= v / n * math.Log(v/n)
	}
	expected := labelPairs * partPairs / pairs(n)
	return score{
		bcubed: 2 * precision * recall / (precision + recall),
		ari:    (together - expected) / ((labelPairs+partPairs)/2 - expected),
		nmi:    2 * mutual / (labelH + partH),
	}
}

// parts numbers the topic of each keyword; those left out are alone.
func (r Result) parts(n int) []int {
	part := make([]int, n)
	for i, t := range r.Topics {
		for _, m := range t.Members {
			part[m] = i
		}
	}
	for i, l := range r.Unclustered {
		part[l.Index] = len(r.Topics) + i
	}
	return part
}
