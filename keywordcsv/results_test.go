package keywordcsv

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

func results(t *testing.T, text string) ([]Results, ResultsReport) {
	t.Helper()
	got, report, err := ReadResults(t.Context(), strings.NewReader(text))
	require.NoError(t, err)
	return got, report
}

func TestReadResults(t *testing.T) {
	t.Parallel()
	got, report := results(t, "keyword,rank,url\n"+
		"Burr Grinder,2,https://www.b.test/two/#top\n"+
		"burr  grinder,1,http://A.test/one?x=1\n"+
		"\"tamper, espresso\",1,https://c.test/\n"+
		"burr grinder,11,https://z.test/\n"+
		"burr grinder,3,https://b.test/two\n"+ // the same page again
		"no rank,,https://c.test/\n"+
		"no address,1,c.test\n"+
		",1,https://c.test/\n"+
		"zero,0,https://c.test/\n\n")
	require.Equal(t, []Results{
		{"Burr Grinder", "burr grinder", []string{"a.test/one?x=1", "b.test/two"}},
		{"tamper, espresso", "tamper, espresso", []string{"c.test"}},
	}, got)
	require.Equal(t, ResultsReport{Rows: 4, Beyond: 1, Skipped: 4, First: 7}, report)

	got, report = results(t, "burr grinder\t1\thttps://a.test\r\nburr grinder\t2\thttps://b.test\r\n")
	require.Equal(t, []string{"a.test", "b.test"}, got[0].URLs, "tabs, and no header")
	require.Zero(t, report.Skipped)
	got, _ = results(t, "burr grinder;1;https://a.test/x,y\n")
	require.Equal(t, []string{"a.test/x,y"}, got[0].URLs)
}

func TestReadResultsRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "a header only": "keyword,rank,url\n", "no addresses": "a,1,b\n", "binary": "\x00\x01\x02"} {
		_, _, err := ReadResults(t.Context(), strings.NewReader(text))
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err), name)
	}
}

// Whatever a file holds, a keyword has at most ten results, each once.
func FuzzReadResults(f *testing.F) {
	f.Add("keyword,rank,url\na,1,https://a.test\n")
	f.Add("a\t1\thttp://[::1]:80/%zz\n\"")
	f.Add("\ufeffa;1;https://a.test/?q#f\r")
	f.Fuzz(func(t *testing.T, text string) {
		got, report, err := ReadResults(t.Context(), strings.NewReader(text))
		if err != nil {
			return
		}
		rows, seen := 0, map[string]bool{}
		for _, r := range got {
			require.False(t, seen[r.Normal])
			seen[r.Normal] = true
			require.NotEmpty(t, r.URLs)
			require.LessOrEqual(t, len(r.URLs), MaxResults)
			distinct := map[string]bool{}
			for _, u := range r.URLs {
				require.NotEmpty(t, u)
				distinct[u] = true
			}
			require.Len(t, distinct, len(r.URLs))
			rows += len(r.URLs)
		}
		require.LessOrEqual(t, rows, report.Rows)
	})
}
