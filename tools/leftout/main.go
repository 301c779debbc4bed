// Command leftout reads what `go test -json` wrote and says in one line which
// tests were skipped and why, so that a green run can't be taken for a whole
// one. With CI set, something left out is a failure.
//
//	leftout FILE...
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	reasons := map[string]int{}
	for _, name := range os.Args[1:] {
		if err := readFile(name, reasons); err != nil {
			fmt.Fprintln(os.Stderr, "leftout:", err)
			os.Exit(1)
		}
	}
	fmt.Println(sentence(reasons))
	if len(reasons) > 0 && os.Getenv("CI") != "" {
		os.Exit(1)
	}
}

func readFile(name string, reasons map[string]int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f, reasons); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// event is the part of a test2json line that matters here.
type event struct {
	Action, Package, Test, Output string
}

// said is a line that t.Log, t.Skip and their like print: "    file.go:12: text".
var said = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)`)

// read counts skipped tests by the reason they gave. Packages without tests
// are no reason. A line that is no event is passed over: compilers and linkers
// write into the same stream.
func read(r io.Reader, reasons map[string]int) error {
	last := map[[2]string]string{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil && e.Test != "" {
			test := [2]string{e.Package, e.Test}
			switch e.Action {
			case "output":
				if m := said.FindStringSubmatch(e.Output); m != nil {
					last[test] = strings.TrimSpace(m[1])
				}
			case "skip":
				reason := last[test]
				if reason == "" {
					reason = e.Test + " gave no reason"
				}
				reasons[reason]++
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// sentence is the closing line: the most frequent reason first.
func sentence(reasons map[string]int) string {
	if len(reasons) == 0 {
		return "left out: nothing"
	}
	var names []string
	total := 0
	for reason, n := range reasons {
		names = append(names, reason)
		total += n
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := reasons[b] - reasons[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, reason := range names {
		names[i] = fmt.Sprintf("%d × %s", reasons[reason], reason)
	}
	tests := "tests"
	if total == 1 {
		tests = "test"
	}
	return fmt.Sprintf("left out: %d %s (%s)", total, tests, strings.Join(names, "; "))
}
