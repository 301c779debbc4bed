package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/igny8/igny8/cluster"
)

// searches makes n different searches the way people make them: a theme, one
// of its subjects and a modifier.
func searches(n int) []cluster.Keyword {
	random := rand.New(rand.NewPCG(7, 7))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	words := strings.Fields(`asphalt driveway paving sealing concrete roof gutter window door kitchen bathroom plumbing boiler
		heating solar battery panel garden lawn fence deck pool patio tree carpet floor tile paint wall insulation car tyre
		brake engine insurance loan mortgage credit card bank account tax pension invoice payroll software hosting domain
		website shop email marketing keyword camera lens laptop phone tablet printer router speaker headphone running shoe
		jacket dress watch ring sofa mattress desk chair lamp coffee espresso grinder bread sourdough pizza pasta salad soup
		vegan protein diet yoga pilates marathon training knee shoulder back headache migraine allergy asthma dentist implant
		whitening braces skin acne laser hair beard dog puppy cat kitten aquarium horse visa flight hotel cruise island
		mountain ski surf camping tent piano guitar violin drawing pottery knitting chess language spanish french exam degree
		nursing welding electrician plumber lawyer divorce will trademark patent rental lease moving storage cleaning`)
	before := strings.Split(" |best |cheap |how to choose |what is |buy |free |used |how much does |diy |top ", "|")
	after := strings.Split(" | near me| cost| reviews| ideas| for beginners| repair| online| vs| replacement| installation| 2025| tips| size", "|")
	seen := map[string]bool{}
	keywords := make([]cluster.Keyword, 0, n)
	for len(keywords) < n {
		theme := random.IntN(len(words))
		subject := words[(theme+1+random.IntN(8))%len(words)]
		text := strings.TrimSpace(pick(before) + words[theme] + " " + subject + pick(after))
		if random.IntN(3) == 0 {
			text += " " + words[(theme+9+random.IntN(20))%len(words)]
		}
		if !seen[text] {
			seen[text] = true
			keywords = append(keywords, cluster.Keyword{Text: text})
		}
	}
	return keywords
}

func clusterOnce(n int) error {
	r, err := cluster.Run(context.Background(), searches(n), cluster.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("%d topics, %d left", len(r.Topics), len(r.Unclustered))
	return nil
}

// cost measures a process of its own for each size, with and without AVX2.
func cost(w io.Writer, large bool) error {
	t := newTable(w, "Cost of a process that clusters once, features included",
		"keywords\tCPU seconds\twall\tpeak memory\tplain Go, CPU seconds\tspeed-up\tresult")
	for _, c := range []struct {
		n         int
		limit     float64 // CPU seconds
		memory    int64   // MB, 0: no limit
		big, bare bool    // only if large is asked for; not without AVX2
	}{{1_000, 2, 0, false, false}, {10_000, 22, 0, false, !large}, {100_000, 350, 700, true, true}} {
		if c.big && !large {
			continue
		}
		got, err := measure(c.n, "")
		if err != nil {
			return err
		}
		plain, ratio := "-", "-"
		if !c.bare {
			p, err := measure(c.n, "cpu.avx2=off")
			if err != nil {
				return err
			}
			plain, ratio = fmt.Sprintf("%.1f", p.cpu), fmt.Sprintf("%.1f×", p.cpu/got.cpu)
		}
		fmt.Fprintf(t, "%d\t%s\t%.1f s\t%s\t%s\t%s\t%s\n", c.n, within(got.cpu, c.limit, "s"), got.wall,
			within(float64(got.memory), float64(c.memory), "MB"), plain, ratio, got.result)
	}
	return t.Flush()
}

func within(got, limit float64, unit string) string {
	switch {
	case limit == 0:
		return fmt.Sprintf("%.0f %s", got, unit)
	case got <= limit:
		return fmt.Sprintf("%.1f ≤ %.0f %s", got, limit, unit)
	}
	return fmt.Sprintf("%.1f > %.0f %s", got, limit, unit)
}

type usage struct {
	cpu, wall float64 // seconds
	memory    int64   // MB
	result    string
}

func measure(n int, debug string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	c := exec.Command(self, "-cost-of", fmt.Sprint(n))
	c.Env = append(os.Environ(), "GODEBUG="+debug)
	c.Stderr = os.Stderr
	start := time.Now()
	out, err := c.Output()
	if err != nil {
		return usage{}, err
	}
	u := usage{cpu: (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), wall: time.Since(start).Seconds(), result: string(out)}
	if r, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss >> 10
	}
	return u, nil
}

// cancellation cancels a run at points all along it and prints the longest
// time that it took to return.
func cancellation(w io.Writer) error {
	keywords := searches(5000)
	var slowest time.Duration
	for at := 250; at < 5000; at += 500 {
		ctx, cancel := context.WithCancel(context.Background())
		var canceled time.Time
		_, err := cluster.Run(ctx, keywords, cluster.Options{Progress: func(done, _ int) {
			if canceled.IsZero() && done >= at {
				canceled = time.Now()
				cancel()
			}
		}})
		if err == nil {
			return fmt.Errorf("a run of which %d were done ignored its cancellation", at)
		}
		slowest = max(slowest, time.Since(canceled))
		cancel()
	}
	_, err := fmt.Fprintf(w, "\nCancellation of 5,000 keywords at ten points: at most %d ms (limit 200 ms)\n", slowest.Milliseconds())
	return err
}
