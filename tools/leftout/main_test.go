package main

import (
	"strings"
	"testing"
)

const stream = `# example.com/a
{"Action":"start","Package":"example.com/a"}
{"Action":"output","Package":"example.com/a","Test":"TestBrowser","Output":"=== RUN   TestBrowser\n"}
{"Action":"output","Package":"example.com/a","Test":"TestBrowser","Output":"    page_test.go:12: no Chromium here\n"}
{"Action":"output","Package":"example.com/a","Test":"TestBrowser","Output":"--- SKIP: TestBrowser (0.00s)\n"}
{"Action":"skip","Package":"example.com/a","Test":"TestBrowser"}
{"Action":"output","Package":"example.com/a","Test":"TestOther","Output":"    page_test.go:30: no Chromium here\n"}
{"Action":"skip","Package":"example.com/a","Test":"TestOther"}
{"Action":"output","Package":"example.com/b","Test":"TestOther","Output":"    b_test.go:7: as a normal user nobody else can be\n"}
{"Action":"skip","Package":"example.com/b","Test":"TestOther"}
{"Action":"skip","Package":"example.com/b","Test":"TestMute"}
{"Action":"output","Package":"example.com/b","Test":"TestFine","Output":"    b_test.go:9: said something\n"}
{"Action":"pass","Package":"example.com/b","Test":"TestFine"}
{"Action":"skip","Package":"example.com/empty"}
`

func TestReasons(t *testing.T) {
	t.Parallel()
	reasons := map[string]int{}
	if err := read(strings.NewReader(stream), reasons); err != nil {
		t.Fatal(err)
	}
	got := sentence(reasons)
	want := "left out: 4 tests (2 × no Chromium here; 1 × TestMute gave no reason; 1 × as a normal user nobody else can be)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	if got := sentence(nil); got != "left out: nothing" {
		t.Error(got)
	}
}
