// Package config reads what the program is told from outside, once: a flag
// before an environment variable before the file before the default. What it
// returns is a struct; nobody further in knows where a value came from.
package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/igny8/igny8"
)

// Config is everything that can be set. The tags say how: key is the name in the
// file and, with dashes, of the flag; IGNY8_ and the key in capitals is the
// variable, and env names another that is known elsewhere.
type Config struct {
	Env  string `key:"env" default:"development" help:"development or production; production refuses what is only safe on one machine"`
	Data string `key:"data" help:"directory of the database, the pictures and the keys; default /var/lib/igny8 for root, else ~/.local/share/igny8"`
	Log  string `key:"log" default:"warn" help:"debug, info, warn or error"`

	Listen  string `key:"listen" default:"127.0.0.1:8011" help:"where the API and the pages answer"`
	Public  string `key:"public_url" help:"the address that people use, if it is another, such as https://igny8.example.com"`
	Proxies string `key:"trusted_proxies" help:"networks of reverse proxies whose X-Forwarded-For is believed, separated by commas"`
	Origins string `key:"cors_origins" help:"other web origins whose pages may call the API, separated by commas"`

	RatePerAddress int    `key:"rate_per_address" default:"3000" help:"API requests a minute from one address; 0 is any number"`
	RatePerAccount int    `key:"rate_per_account" default:"6000" help:"API requests a minute of one account's people and keys; 0 is any number"`
	RatePerKey     int    `key:"rate_per_key" default:"1200" help:"API requests a minute with one API key; 0 is any number"`
	Metrics        string `key:"metrics_listen" help:"where Prometheus finds /metrics, for operators only, such as 127.0.0.1:9464; empty is nowhere"`

	SMTP         string       `key:"smtp_address" help:"host:port of the server that takes mail; empty writes mails to the log, and in production sends none"`
	SMTPFrom     string       `key:"smtp_from" help:"whom mails are from, such as IGNY8 <igny8@example.com>"`
	SMTPUsername string       `key:"smtp_username" help:"to sign in to the mail server with; empty signs in as nobody"`
	SMTPPassword igny8.Secret `key:"smtp_password" help:"that belongs to it"`
	SMTPSecurity string       `key:"smtp_security" default:"starttls" help:"starttls, tls, or none; none in production for a server on this machine only"`

	Database     igny8.Secret `key:"database_url" env:"DATABASE_URL" help:"PostgreSQL as the owner of the tables; empty runs a private one in the data directory"`
	DatabasePort int          `key:"database_port" help:"port of the private PostgreSQL; 0 is any free one"`

	Temporal          string       `key:"temporal_address" env:"TEMPORAL_ADDRESS" help:"host:port of a Temporal cluster; empty runs one inside"`
	TemporalNamespace string       `key:"temporal_namespace" default:"igny8" help:"namespace of the workflows"`
	TemporalAPIKey    igny8.Secret `key:"temporal_api_key" help:"for a cluster that wants one; implies TLS"`
	TemporalPort      int          `key:"temporal_port" help:"port of the embedded Temporal; 0 is any free one"`
	TemporalUI        int          `key:"temporal_ui_port" default:"8233" help:"port of the embedded Temporal Web UI"`

	VaultKeys   igny8.Secret `key:"vault_keys" help:"keyset that seals stored passwords and keys; made in the data directory if empty"`
	TokenSeed   igny8.Secret `key:"token_seed" help:"32 bytes in base64 that sign access tokens, the newest first, separated by commas; made in the data directory if empty"`
	PayloadKeys igny8.Secret `key:"payload_keys" help:"id:key,… of 32 bytes in base64 that encrypt what Temporal keeps; made in the data directory if empty"`

	OpenAIKey     igny8.Secret `key:"openai_api_key" env:"OPENAI_API_KEY" help:"the operator's key for language models"`
	OpenAIBase    string       `key:"openai_base_url" help:"a server that speaks OpenAI's Chat Completions, instead of OpenAI"`
	OpenAIModel   string       `key:"openai_model" default:"gpt-5-mini" help:"language model"`
	RunwareKey    igny8.Secret `key:"runware_api_key" env:"RUNWARE_API_KEY" help:"the operator's key for pictures by Runware"`
	RunwareModel  string       `key:"runware_model" default:"runware:101@1" help:"picture model at Runware"`
	ImageProvider string       `key:"image_provider" default:"runware" help:"runware or openai: who makes pictures where both have a key"`

	Sandbox       bool          `key:"sandbox" help:"stand-in providers and a stand-in site on this machine, instead of real ones; refused in production"`
	SandboxListen string        `key:"sandbox_listen" default:"127.0.0.1:8012" help:"where the sandbox answers"`
	SandboxDelay  time.Duration `key:"sandbox_delay" default:"300ms" help:"how long a sandbox model takes to answer"`
	SandboxURL    string        `key:"sandbox_url" help:"a sandbox that runs elsewhere; for tests"`
	SandboxScript string        `key:"sandbox_script" help:"file of the faults that the sandbox shows, for tests"`

	AllowLoopback bool `key:"allow_loopback" help:"let sites and model servers be on this machine; refused in production"`

	ModelSlots int     `key:"model_slots" default:"8" help:"calls of language models at once in this process"`
	ImageSlots int     `key:"image_slots" default:"8" help:"pictures at once in this process"`
	SiteSlots  int     `key:"site_slots" default:"8" help:"publications at once in this process"`
	TimeScale  float64 `key:"time_scale" default:"1" help:"what time-outs and pauses between attempts are multiplied by; for tests"`
}

// Production reports whether the program serves strangers.
func (c Config) Production() bool { return c.Env == "production" }

// Flags adds a flag for every setting.
func Flags(flags *pflag.FlagSet) {
	for _, s := range settings() {
		name := strings.ReplaceAll(s.key, "_", "-")
		switch s.kind {
		case reflect.Bool:
			flags.Bool(name, s.fallback == "true", s.help)
		default:
			flags.String(name, s.fallback, s.help)
		}
	}
	flags.String("config", "", "file of settings, as YAML, TOML or JSON; default igny8.yaml in the data directory or here")
}

// Load reads the settings and checks them. Errors are meant for whoever started
// the program.
func Load(flags *pflag.FlagSet) (c Config, err error) {
	v := viper.New()
	for _, s := range settings() {
		v.SetDefault(s.key, s.fallback)
		if err := v.BindEnv(append([]string{s.key}, s.variables()...)...); err != nil {
			return c, err
		}
		if f := flags.Lookup(strings.ReplaceAll(s.key, "_", "-")); f != nil && f.Changed {
			v.Set(s.key, f.Value.String())
		}
	}
	if err := file(v, flags); err != nil {
		return c, err
	}
	if err := fill(&c, v); err != nil {
		return c, err
	}
	if c.Data == "" {
		c.Data = dataDir()
	}
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return c, err
	}
	return c, c.check()
}

// file reads the file of settings, if there is one.
func file(v *viper.Viper, flags *pflag.FlagSet) error {
	if name, err := flags.GetString("config"); err == nil && name != "" {
		v.SetConfigFile(name)
	} else {
		v.SetConfigName("igny8")
		v.AddConfigPath(".")
		if data := v.GetString("data"); data != "" {
			v.AddConfigPath(data)
		} else {
			v.AddConfigPath(dataDir())
		}
	}
	err := v.ReadInConfig()
	if _, none := errors.AsType[viper.ConfigFileNotFoundError](err); none || err == nil {
		return nil
	}
	return fmt.Errorf("the file of settings can't be read: %w", err)
}

// dataDir is where the data are kept unless somebody says otherwise.
func dataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/igny8"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "igny8")
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "igny8")
}

// checkMail looks at how mail is sent, if it is.
func (c Config) checkMail() error {
	switch {
	case c.SMTPSecurity != "starttls" && c.SMTPSecurity != "tls" && c.SMTPSecurity != "none":
		return fmt.Errorf("smtp_security is starttls, tls or none, not %q", c.SMTPSecurity)
	case c.SMTP == "":
		return nil
	case c.SMTPFrom == "":
		return errors.New("smtp_address needs smtp_from: whom mails are from")
	}
	host, _, err := net.SplitHostPort(c.SMTP)
	if err != nil {
		return fmt.Errorf("smtp_address is host:port, not %q", c.SMTP)
	}
	ip := net.ParseIP(host)
	if c.Production() && c.SMTPSecurity == "none" && host != "localhost" && !ip.IsLoopback() {
		return errors.New("smtp_security none is refused in production unless the mail server is on this machine: links for new passwords would be readable on the way")
	}
	return nil
}

func (c Config) check() error {
	switch {
	case c.Env != "development" && c.Env != "production":
		return fmt.Errorf("env is development or production, not %q", c.Env)
	case c.ImageProvider != "runware" && c.ImageProvider != "openai":
		return fmt.Errorf("image_provider is runware or openai, not %q", c.ImageProvider)
	case c.ModelSlots < 1 || c.ImageSlots < 1 || c.SiteSlots < 1:
		return errors.New("model_slots, image_slots and site_slots are at least 1")
	case c.TimeScale <= 0:
		return errors.New("time_scale is greater than 0")
	case c.RatePerAddress < 0 || c.RatePerAccount < 0 || c.RatePerKey < 0:
		return errors.New("rate_per_address, rate_per_account and rate_per_key are at least 0")
	}
	if err := c.checkMail(); err != nil {
		return err
	}
	if !c.Production() {
		return nil
	}
	switch {
	case c.Sandbox || c.SandboxURL != "":
		return errors.New("the sandbox is refused in production: what it makes is not for readers")
	case c.AllowLoopback:
		return errors.New("allow_loopback is refused in production: accounts could reach this machine's own services")
	case c.Public == "" || !strings.HasPrefix(c.Public, "https://"):
		return errors.New("production needs public_url, and it must begin with https://")
	case c.VaultKeys == "" || c.TokenSeed == "" || c.PayloadKeys == "":
		return errors.New("production needs vault_keys, token_seed and payload_keys; `igny8 keys` makes them")
	}
	return nil
}
