package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// load reads settings in a directory of its own, with flags.
func load(t *testing.T, args ...string) (Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(flags)
	require.NoError(t, flags.Parse(args))
	return Load(flags)
}

func TestAFlagGoesBeforeAVariableBeforeTheFileBeforeTheDefault(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("IGNY8_DATA", dir)
	c, err := load(t)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8011", c.Listen)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "igny8.yaml"), []byte("listen: 127.0.0.1:1\nmodel_slots: 3\n"), 0o600))
	c, err = load(t)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:1", c.Listen)
	require.Equal(t, 3, c.ModelSlots)

	t.Setenv("IGNY8_LISTEN", "127.0.0.1:2")
	c, err = load(t)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:2", c.Listen)

	c, err = load(t, "--listen", "127.0.0.1:3")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:3", c.Listen)
}

func TestKnownVariablesWork(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "postgres://somewhere/db")
	t.Setenv("OPENAI_API_KEY", "sk-canary")
	c, err := load(t)
	require.NoError(t, err)
	require.Equal(t, "postgres://somewhere/db", c.Database.Reveal())
	require.Equal(t, "sk-canary", c.OpenAIKey.Reveal())
}

func TestBadSettingsAreNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ flag, value, says string }{
		{"model-slots", "many", "model_slots can't be \"many\": it is a whole number"},
		{"sandbox-delay", "soon", "sandbox_delay can't be \"soon\""},
		{"env", "staging", "env is development or production"},
		{"image-provider", "midjourney", "image_provider is runware or openai"},
		{"site-slots", "0", "at least 1"},
		{"rate-per-key", "-1", "at least 0"},
		{"smtp-security", "ssl", "smtp_security is starttls, tls or none"},
		{"smtp-address", "mail.example.com:587", "needs smtp_from"},
	} {
		_, err := load(t, "--"+c.flag, c.value)
		require.ErrorContains(t, err, c.says)
	}
}

func TestProductionRefusesWhatIsOnlySafeOnOneMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	ready := []string{"--env", "production", "--public-url", "https://igny8.example.com", "--vault-keys", "k", "--token-seed", "k", "--payload-keys", "k"}
	_, err := load(t, ready...)
	require.NoError(t, err)
	for _, at := range []string{"127.0.0.1:25", "localhost:25", "[::1]:25"} {
		_, err := load(t, append(ready, "--smtp-address="+at, "--smtp-from=a@b.test", "--smtp-security=none")...)
		require.NoError(t, err, at)
	}
	_, err = load(t, append(ready, "--smtp-address=mail.example.com:25", "--smtp-from=a@b.test", "--smtp-security=none")...)
	require.ErrorContains(t, err, "on this machine")
	_, err = load(t, append(ready, "--smtp-address=mail.example.com", "--smtp-from=a@b.test")...)
	require.ErrorContains(t, err, "host:port")
	for flag, says := range map[string]string{"--sandbox": "sandbox is refused", "--allow-loopback": "allow_loopback is refused", "--public-url=http://x": "https://", "--vault-keys=": "igny8 keys"} {
		_, err := load(t, append(ready, flag)...)
		require.ErrorContains(t, err, says)
	}
}

func TestTheExampleFileIsUpToDate(t *testing.T) {
	there, err := os.ReadFile("../.env.example")
	require.NoError(t, err)
	require.Equal(t, Example(), string(there), "run make generate")
}
