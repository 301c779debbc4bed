package pgdev

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/igny8/igny8"
)

// oldest is the first major version that has what our migrations use.
const oldest = 15

// ErrNoBinaries is what Start returns when there is no server to run.
var ErrNoBinaries = igny8.Errorf(igny8.NotConfigured,
	"There is no PostgreSQL server of version %d or later on this machine. Install one (Debian: apt-get install postgresql; "+
		"macOS: brew install postgresql@17), run \"npm ci\" in tools/postgres, or set DATABASE_URL to a server elsewhere", oldest)

// systemPlaces are where distributions put the directories that hold
// bin/postgres.
var systemPlaces = []string{
	"/usr/lib/postgresql/*",         // Debian
	"/usr/pgsql-*",                  // PGDG on Fedora and its kin
	"/usr",                          // Fedora, Arch
	"/usr/libexec/postgresql*",      // Alpine
	"/usr/local",                    // FreeBSD, self-made, the official image
	"/opt/homebrew/opt/postgresql*", // Homebrew on arm64
	"/usr/local/opt/postgresql*",    // Homebrew on amd64
	"/Applications/Postgres.app/Contents/Versions/*", // Postgres.app
}

// An installation is a directory with the server's programs.
type installation struct {
	dir   string // holds bin/postgres and bin/initdb
	major int
	npm   string // the version of the npm package it comes from: it must be staged first
}

// NativeDir returns where npm's package of this platform keeps the server below
// a node_modules directory.
func NativeDir(nodeModules string) string {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	return filepath.Join(nodeModules, "@embedded-postgres", runtime.GOOS+"-"+cmp.Or(arch, runtime.GOARCH), "native")
}

// choose picks the programs to run: those of the cluster's own version if it
// exists, else the newest, the system's before npm's.
func choose(o Options, data string) (installation, error) {
	found := installations(o)
	have, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if len(found) == 0 {
			return installation{}, ErrNoBinaries
		}
		return found[0], nil
	}
	if err != nil {
		return installation{}, igny8.Wrap(igny8.Invalid, err, "The version of the PostgreSQL cluster in %s can't be read", data)
	}
	version := strings.TrimSpace(string(have))
	for _, i := range found {
		if strconv.Itoa(i.major) == version {
			return i, nil
		}
	}
	if len(found) == 0 {
		return installation{}, ErrNoBinaries
	}
	return installation{}, igny8.Errorf(igny8.Invalid, "The cluster in %s was made by PostgreSQL %s, and here is only version %d (%s). "+
		"Install version %s again; or, to go on with %d, dump the databases with %s, move the directory away and restore them",
		data, version, found[0].major, found[0].dir, version, found[0].major, version)
}

// installations lists what can be run, the best first.
func installations(o Options) []installation {
	places := o.system
	if places == nil {
		places = systemPlaces
		if postgres, err := exec.LookPath("postgres"); err == nil {
			places = append(slices.Clone(places), filepath.Dir(filepath.Dir(postgres)))
		}
	}
	var found []installation
	for _, group := range [][]string{places, o.Binaries} {
		begin := len(found)
		for _, place := range group {
			dirs, _ := filepath.Glob(place)
			for _, dir := range dirs {
				if i, ok := inspect(dir); ok && i.major >= oldest {
					found = append(found, i)
				}
			}
		}
		slices.SortStableFunc(found[begin:], func(a, b installation) int { return b.major - a.major })
	}
	return found
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect tells which version lives in dir, if it is complete.
func inspect(dir string) (installation, bool) {
	for _, program := range []string{"postgres", "initdb"} {
		if info, err := os.Stat(filepath.Join(dir, "bin", program)); err != nil || info.Mode()&0o111 == 0 {
			return installation{}, false
		}
	}
	if npm, ok := npmVersion(dir); ok {
		number, _, _ := strings.Cut(npm, ".")
		major, err := strconv.Atoi(number)
		return installation{dir: dir, major: major, npm: npm}, err == nil
	}
	out, err := exec.Command(filepath.Join(dir, "bin", "postgres"), "--version").Output()
	if err != nil {
		return installation{}, false
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return installation{}, false
	}
	major, err := strconv.Atoi(string(match[1]))
	return installation{dir: dir, major: major}, err == nil
}

// npmVersion reads the version of the npm package around a "native" directory.
func npmVersion(dir string) (string, bool) {
	manifest, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "package.json"))
	if err != nil {
		return "", false
	}
	var p struct{ Name, Version string }
	ok := json.Unmarshal(manifest, &p) == nil && strings.HasPrefix(p.Name, "@embedded-postgres/")
	return p.Version, ok
}
