package e2e

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(all(m))
}

func all(m *testing.M) int {
	var err error
	binary, err = filepath.Abs(cmp.Or(os.Getenv("IGNY8_BIN"), "../bin/igny8"))
	if err == nil {
		_, err = os.Stat(binary)
	}
	if err != nil {
		fmt.Println("e2e: there is no program to test: run `make build` first, or name it in IGNY8_BIN:", err)
		if os.Getenv("CI") != "" {
			return 1
		}
		binary = "" // each test says that it was left out
		return m.Run()
	}
	// The tests wait for servers most of the time, not for processors. How many
	// servers there are at once is bounded elsewhere.
	if err := flag.Set("test.parallel", "24"); err != nil {
		fmt.Println("e2e:", err)
		return 1
	}
	code := m.Run()
	for _, s := range []*once{common, steered} {
		if err := s.end(); err != nil {
			fmt.Println("e2e: a server that tests shared:", err)
			code = 1
		}
	}
	return code
}
