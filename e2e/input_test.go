package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bad are files that are no keyword exports, and a word of what is said of each.
var bad = []struct {
	name  string
	bytes []byte
	says  string
}{
	{"empty.csv", nil, "empty"},
	{"no-keywords.csv", []byte("Name,Age\nAda,36\nAlan,41\n"), "keyword"},
	{"binary.csv", append([]byte("PK\x03\x04"), bytes.Repeat([]byte{0, 1, 2, 255}, 2000)...), "zip archive"},
	{"picture.csv", append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0, 13, 200}, 2000)...), "picture"},
	{"noise.csv", bytes.Repeat([]byte{0x00, 0x9f, 0x03, 0xfe, 0x81}, 2000), "text"},
	{"one-cell.csv", []byte("Keyword,Volume\n\"" + strings.Repeat("coffee ", 10<<20/7) + "\",10\n"), "line"},
}

// A file that is no keyword export is told so, and nothing of it is imported: by
// the API and by the command line alike.
func TestBadFilesAreToldSo(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.customer(t, 100)
	for _, file := range bad {
		t.Run(file.name, func(t *testing.T) {
			answer := a.upload(t, "planner/keywords/import_csv/", file.name, file.bytes)
			require.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}, answer.status, "%s", answer.body)
			require.Contains(t, strings.ToLower(string(answer.body)), file.says)

			name := filepath.Join(newDirectory(t), file.name)
			require.NoError(t, os.WriteFile(name, file.bytes, 0o600))
			r := command(t, s.dir, []string{"IGNY8_DATA=" + s.dir}, "", "run", "--csv", name, "--site", "site-of-"+a.Name, "--account", a.Name, "--yes")
			require.NotZero(t, r.code)
			require.Contains(t, strings.ToLower(r.err), file.says)
			require.Empty(t, r.out, "nothing was begun")
			require.Less(t, len(r.err), 400, "a message is a sentence or two: %s", r.err)
		})
	}
	require.Zero(t, list[any](t, a, "planner/keywords/").Count)
	require.Zero(t, list[any](t, a, "automation/runs/").Count)

	// Keywords that come twice are one, and the report counts them.
	var report imported
	a.upload(t, "planner/keywords/import_csv/", "twice.csv", []byte("Keyword,Volume\nespresso cups,10\nEspresso  Cups,10\nespresso cups,30\nmilk jug,5\n")).ok(t, &report)
	require.Equal(t, []int{2, 2, 2}, []int{report.Added, report.File.Rows, report.File.Duplicates}, "%+v", report)
	require.Equal(t, 2, list[any](t, a, "planner/keywords/").Count)
}
