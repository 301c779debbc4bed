package cluster

import (
	_ "embed"
	"sync"

	"github.com/igny8/igny8/cluster/internal/encoder"
	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/prior"
)

// The models, made by internal/convert.
var (
	//go:embed model/encoder.bin
	encoderFile []byte
	//go:embed model/words.bin
	wordsFile []byte
	//go:embed model/prior.bin
	priorFile []byte
)

// The models take about 35 MB and half a second of CPU once they are needed.
var (
	loadEncoder = loaded(encoder.Read, &encoderFile)
	loadWords   = loaded(glove.Read, &wordsFile)
	loadPrior   = loaded(prior.Read, &priorFile)
)

// loaded reads a file once. The files are part of the program, so one that
// can't be read is a fault of the build.
func loaded[T any](read func([]byte) (*T, error), file *[]byte) func() *T {
	return sync.OnceValue(func() *T {
		model, err := read(*file)
		if err != nil {
			panic("cluster: " + err.Error())
		}
		return model
	})
}
