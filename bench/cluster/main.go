// Cluster prints how good and how fast package cluster is, each figure beside
// its goal and its baselines, all measured in this run:
//
//	go run ./bench/cluster -data cluster/testdata
//	go run ./bench/cluster -data DIRECTORY -large
//
// The directory holds labelled lists: lines of text, tab, label. Those with a
// known name have goals; a name that begins with serp is scored by pages.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	data := flag.String("data", "cluster/testdata", "the directory of labelled lists")
	large := flag.Bool("large", false, "measure 100,000 keywords too, and 10,000 with plain Go")
	costOf := flag.Int("cost-of", 0, "only cluster so many keywords: what the cost table calls")
	flag.Parse()
	log.SetFlags(0)
	if *costOf > 0 {
		if err := clusterOnce(*costOf); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(*data, *large); err != nil {
		log.Fatal(err)
	}
}

func run(data string, large bool) error {
	lists, err := readLists(data)
	if err != nil {
		return err
	}
	if len(lists) == 0 {
		return fmt.Errorf("there are no labelled lists (*.tsv) in %s", data)
	}
	for _, table := range []func() error{
		func() error { return quality(os.Stdout, lists) },
		func() error { return tiny(os.Stdout, lists) },
		func() error { return incremental(os.Stdout, lists) },
		func() error { return cost(os.Stdout, large) },
		func() error { return cancellation(os.Stdout) },
	} {
		if err := table(); err != nil {
			return err
		}
	}
	return nil
}
