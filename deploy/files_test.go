package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// TestDockerfile: the program in the image has no embedded server, was built
// by the Go of go.mod, and runs as nobody on an empty file system.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := read(t, "../Dockerfile")
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, "../go.mod"))
	require.NotNil(t, version)
	require.Contains(t, text, "FROM golang:"+version[1]+"-")
	require.Regexp(t, `go build -tags \S*\bnoembed\b`, text)
	require.Contains(t, text, "CGO_ENABLED=0")
	last := regexp.MustCompile(`(?s)\nFROM scratch\n.*$`).FindString(text)
	require.NotEmpty(t, last, "the last stage isn't empty")
	require.Regexp(t, `(?m)^USER [1-9]\d*:[1-9]\d*$`, last)
	require.NotContains(t, last, "ENV ")
}

// TestDockerIgnore: neither secrets nor history go into an image's context.
func TestDockerIgnore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{".env", ".git", ".data"} {
		require.Regexp(t, `(?m)^`+regexp.QuoteMeta(name)+`$`, read(t, "../.dockerignore"))
	}
}

// caddy finds the program that make test builds, or the system's.
func caddy(t *testing.T) string {
	t.Helper()
	built, err := filepath.Abs("../.deps/bin/caddy")
	require.NoError(t, err)
	if _, err := os.Stat(built); err == nil {
		return built
	}
	found, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("no caddy to read the Caddyfile with")
	}
	return found
}

// route is the part of Caddy's own configuration that says who is asked.
type route struct {
	Match []struct {
		Path []string `json:"path"`
	} `json:"match"`
	Handle []struct {
		Handler       string  `json:"handler"`
		Routes        []route `json:"routes"`
		FlushInterval int     `json:"flush_interval"`
		Upstreams     []struct {
			Dial string `json:"dial"`
		} `json:"upstreams"`
	} `json:"handle"`
}

// TestCaddyfile: Caddy takes it, and both / and /api are answered by the api.
func TestCaddyfile(t *testing.T) {
	t.Parallel()
	program := caddy(t)
	validate := exec.CommandContext(t.Context(), program, "validate", "--config", "../Caddyfile", "--adapter", "caddyfile")
	validate.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := validate.CombinedOutput()
	require.NoError(t, err, "%s", out)

	out, err = exec.CommandContext(t.Context(), program, "adapt", "--config", "../Caddyfile", "--adapter", "caddyfile").Output()
	require.NoError(t, err)
	var config struct {
		Apps struct {
			HTTP struct {
				Servers map[string]struct {
					Listen []string `json:"listen"`
					Routes []route  `json:"routes"`
				} `json:"servers"`
			} `json:"http"`
		} `json:"apps"`
	}
	require.NoError(t, json.Unmarshal(out, &config))
	require.Len(t, config.Apps.HTTP.Servers, 1)
	dials := map[string]string{}
	for _, server := range config.Apps.HTTP.Servers {
		require.Equal(t, []string{":443"}, server.Listen)
		collect(server.Routes, "/*", dials)
	}
	require.Equal(t, map[string]string{"/api/*": "api:8010 -1", "/*": "api:8010 0"}, dials)
}

// collect notes the peer and the flush interval of each path.
func collect(routes []route, path string, dials map[string]string) {
	for _, r := range routes {
		path := path
		if len(r.Match) == 1 && len(r.Match[0].Path) == 1 {
			path = r.Match[0].Path[0]
		}
		for _, h := range r.Handle {
			if h.Handler == "reverse_proxy" {
				for _, up := range h.Upstreams {
					dials[path] = up.Dial + " " + strconv.Itoa(h.FlushInterval)
				}
			}
			collect(h.Routes, path, dials)
		}
	}
}
