// Package deploy_test holds what docker-compose.yml, the Dockerfile and the
// Caddyfile promise. It proves that they say the right things; that the images
// build and start is for a machine with Docker.
package deploy_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

const (
	network  = "igny8_net"
	loopback = "127.0.0.1"
	admin    = "admin"
	// drain is how long a process of ours may take to end in good order.
	drain = 30 * time.Second
)

// adminTools are the operator's, started only when asked for.
var adminTools = []string{"filebrowser", "pgadmin", "portainer"}

// oneShots end by themselves, and others wait for that.
var oneShots = []string{"migrate", "temporal-schema"}

// load reads the compose file with the given environment in place of .env.
func load(ctx context.Context, env map[string]string) (*types.Project, error) {
	pairs := make([]string, 0, len(env))
	for name, value := range env {
		pairs = append(pairs, name+"="+value)
	}
	options, err := cli.NewProjectOptions([]string{"../docker-compose.yml"},
		cli.WithEnv(pairs), cli.WithDiscardEnvFile, cli.WithProfiles([]string{admin}))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

func secrets(suffix string) map[string]string {
	return map[string]string{
		"POSTGRES_PASSWORD":    "postgres-" + suffix,
		"TEMPORAL_DB_PASSWORD": "temporal-" + suffix,
		"PGADMIN_PASSWORD":     "pgadmin-" + suffix,
		"IGNY8_VAULT_KEYS":     "vault-" + suffix,
		"IGNY8_TOKEN_SEED":     "seed-" + suffix,
		"IGNY8_PAYLOAD_KEYS":   "payload-" + suffix,
	}
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := load(t.Context(), secrets("a"))
	require.NoError(t, err)
	return p
}

func TestServices(t *testing.T) {
	t.Parallel()
	p := project(t)
	always := []string{"api", "caddy", "migrate", "postgres", "temporal", "temporal-schema", "temporal-ui", "worker"}
	require.ElementsMatch(t, slices.Concat(always, adminTools), p.ServiceNames())
	for name, s := range p.Services {
		if slices.Contains(adminTools, name) {
			require.Equal(t, []string{admin}, s.Profiles, name)
		} else {
			require.Empty(t, s.Profiles, name)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	p := project(t)
	require.Equal(t, network, p.Networks[network].Name)
	require.Equal(t, "bridge", p.Networks[network].Driver)
	for name, s := range p.Services {
		require.Equal(t, []string{network}, slices.Collect(maps.Keys(s.Networks)), name)
		require.Empty(t, s.NetworkMode, name)
	}
	require.Len(t, p.Networks[network].Ipam.Config, 1)
	require.Equal(t, p.Networks[network].Ipam.Config[0].Subnet, *p.Services["api"].Environment["IGNY8_TRUSTED_PROXIES"],
		"the api must believe Caddy about who asks, and nobody from elsewhere")
}

// TestPorts knows every published port. 8021 was the original's development
// server of the pages, which the API serves now.
func TestPorts(t *testing.T) {
	t.Parallel()
	published := map[string][]string{}
	for name, s := range project(t).Services {
		for _, port := range s.Ports {
			address := fmt.Sprintf("%s:%d/%s", port.Published, port.Target, port.Protocol)
			if port.HostIP != "" {
				address = port.HostIP + ":" + address
			}
			published[name] = append(published[name], address)
		}
	}
	require.Equal(t, map[string][]string{
		"api":         {loopback + ":8011:8010/tcp"},
		"caddy":       {"80:80/tcp", "443:443/tcp", "443:443/udp"},
		"temporal-ui": {loopback + ":8233:8080/tcp"},
		"pgadmin":     {loopback + ":5050:80/tcp"},
		"filebrowser": {loopback + ":8080:80/tcp"},
		"portainer":   {loopback + ":9443:9443/tcp"},
	}, published)
}

// TestAnyOrder: whatever starts first waits for a healthy peer or for the end
// of a one-shot, and comes back if it stops.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	p := project(t)
	for name, s := range p.Services {
		oneShot := slices.Contains(oneShots, name)
		if oneShot {
			require.Equal(t, types.RestartPolicyOnFailure, s.Restart, name)
		} else {
			require.Equal(t, types.RestartPolicyUnlessStopped, s.Restart, name)
			require.NotNil(t, s.HealthCheck, "%s has no health check", name)
			require.False(t, s.HealthCheck.Disable, name)
			require.NotEmpty(t, s.HealthCheck.Test, name)
		}
		for peer, dependency := range s.DependsOn {
			want := types.ServiceConditionHealthy
			if slices.Contains(oneShots, peer) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			require.Equal(t, want, dependency.Condition, "%s waits for %s", name, peer)
			require.True(t, dependency.Required, "%s waits for %s", name, peer)
		}
	}
	for _, name := range []string{"api", "worker"} {
		for _, peer := range []string{"migrate", "postgres", "temporal"} {
			require.Contains(t, p.Services[name].DependsOn, peer, "%s", name)
		}
	}
}

// TestDataStays: what must survive a down and an up is in a named volume, and
// the image carries the code: the host gives settings only, for reading.
func TestDataStays(t *testing.T) {
	t.Parallel()
	p := project(t)
	where := func(service, volume string) string {
		for _, v := range p.Services[service].Volumes {
			if v.Source == volume {
				return v.Target
			}
		}
		return ""
	}
	require.Equal(t, "/var/lib/postgresql/data", where("postgres", "pgdata"))
	require.Equal(t, "/data", where("caddy", "caddy_data"))
	for _, service := range []string{"api", "worker"} {
		require.Equal(t, "/var/lib/igny8", where(service, "blobs"))
	}
	for name, s := range p.Services {
		for _, v := range s.Volumes {
			switch v.Type {
			case types.VolumeTypeVolume:
				require.Contains(t, p.Volumes, v.Source, name)
			case types.VolumeTypeBind:
				if name == "portainer" {
					require.Equal(t, "/var/run/docker.sock", v.Source)
					continue
				}
				require.True(t, v.ReadOnly, "%s may write %s", name, v.Source)
				require.FileExists(t, v.Source, name)
			default:
				t.Errorf("%s: a mount of type %s", name, v.Type)
			}
		}
	}
}

// TestOurImage: api, worker and migrations are one image, as nobody, on a file
// system they can't change.
func TestOurImage(t *testing.T) {
	t.Parallel()
	p := project(t)
	for _, name := range []string{"api", "worker", "migrate"} {
		s := p.Services[name]
		require.NotNil(t, s.Build, name)
		require.Equal(t, "Dockerfile", s.Build.Dockerfile, name)
		require.True(t, s.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, s.CapDrop, name)
		require.Empty(t, s.Privileged, name)
		require.Equal(t, []string{name}, []string(s.Command))
		require.Greater(t, time.Duration(*s.StopGracePeriod), drain, name)
	}
	for name, s := range p.Services {
		if s.Build == nil {
			require.Regexp(t, `:v?\d[\w.-]*$`, s.Image, "%s: a version, not latest", name)
		}
	}
}

// TestCommands: what the containers and their health checks call exists.
func TestCommands(t *testing.T) {
	t.Parallel()
	const program = "../bin/igny8"
	if _, err := os.Stat(program); err != nil {
		t.Skip("no bin/igny8 to ask for its commands (make build)")
	}
	p := project(t)
	for _, name := range []string{"api", "worker", "migrate"} {
		calls := [][]string{p.Services[name].Command}
		if check := p.Services[name].HealthCheck; check != nil {
			require.Equal(t, []string{"CMD", "/bin/igny8"}, []string(check.Test[:2]), name)
			calls = append(calls, check.Test[2:])
		}
		for _, call := range calls {
			out, err := exec.CommandContext(t.Context(), program, call[0], "--help").CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), "igny8 "+call[0])
			for _, word := range call[1:] {
				if strings.HasPrefix(word, "--") {
					require.Contains(t, string(out), word, "igny8 %s has no such flag", call[0])
				}
			}
		}
	}
}

// TestExample: the example has every variable that must be set, and a copy of
// it with values loads.
func TestExample(t *testing.T) {
	t.Parallel()
	example, err := dotenv.Read("env.example")
	require.NoError(t, err)
	for name := range secrets("") {
		value, ok := example[name]
		require.True(t, ok, "%s is missing", name)
		require.Empty(t, value, name)
	}
	filled, err := dotenv.Parse(strings.NewReader(`IGNY8_VAULT_KEYS={"primaryKeyId":1,"key":[{"value":"GhA/+=="}]}`))
	require.NoError(t, err)
	env := secrets("a")
	maps.Copy(env, filled)
	p, err := load(t.Context(), env)
	require.NoError(t, err)
	require.JSONEq(t, `{"primaryKeyId":1,"key":[{"value":"GhA/+=="}]}`, *p.Services["worker"].Environment["IGNY8_VAULT_KEYS"])
}

// TestSecrets: none has a default, and none stands in the file. What is called
// a password changes with the environment.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for name := range secrets("") {
		env := secrets("a")
		delete(env, name)
		_, err := load(t.Context(), env)
		require.ErrorContains(t, err, name, "it loads without %s", name)
	}
	one := project(t)
	two, err := load(t.Context(), secrets("b"))
	require.NoError(t, err)
	secret := regexp.MustCompile(`PASSWORD|PWD|SECRET|TOKEN|_KEYS?$`)
	seen := 0
	for name, s := range one.Services {
		for key, value := range s.Environment {
			if !secret.MatchString(key) {
				continue
			}
			seen++
			require.NotEqual(t, *value, *two.Services[name].Environment[key], "%s of %s stands in the file", key, name)
		}
		if url := s.Environment["DATABASE_URL"]; url != nil {
			require.NotContains(t, *url, "postgres-a", "the password stands in the URL of %s", name)
		}
	}
	require.GreaterOrEqual(t, seen, 16, "too few secrets were looked at")
}
