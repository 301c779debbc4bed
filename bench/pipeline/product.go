package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store/pgdev"
)

// A product is `igny8 up`, with its own database and engine, at the peer.
type product struct {
	cmd      *exec.Cmd
	binary   string
	dir      string
	peer     *peer
	said     bytes.Buffer // in case it fails
	began    time.Time
	ended    chan struct{}
	API      string `json:"api"`
	Temporal string `json:"temporal"`
	database string // its URL
	sql      *pgxpool.Pool
}

// launch starts the product on a directory, with so many calls at once, and
// returns when it answers.
func launch(ctx context.Context, binary, dir string, peer *peer, atOnce int) (*product, error) {
	p := &product{binary: binary, dir: dir, peer: peer, ended: make(chan struct{})}
	slots := strconv.Itoa(atOnce)
	p.cmd = exec.Command(binary, "up") // it is asked to end, not killed, so not by ctx
	p.cmd.Dir = dir
	p.cmd.Env = append(p.environment(), "IGNY8_MODEL_SLOTS="+slots, "IGNY8_IMAGE_SLOTS="+slots, "IGNY8_SITE_SLOTS="+slots)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // why it ended is in what it said
		close(p.ended)
	}()
	if err := p.ready(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// environment are the settings that commands beside the product need too.
func (p *product) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "IGNY8_DATA=" + p.dir, "IGNY8_LISTEN=127.0.0.1:0", "IGNY8_TEMPORAL_UI_PORT=0",
		"IGNY8_SANDBOX_URL=" + p.peer.url,
	}
}

// ready waits until the product says where it is.
func (p *product) ready(ctx context.Context) error {
	file := filepath.Join(p.dir, "running.json")
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, p) == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.ended:
			return fmt.Errorf("igny8 has ended: %s", p.said.String())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// connect opens the product's database, as one who may see everything.
func (p *product) connect(ctx context.Context) error {
	cluster, err := pgdev.Start(ctx, pgdev.Options{Dir: filepath.Join(p.dir, "postgres")}) // as a guest
	if err != nil {
		return err
	}
	p.database = cluster.URL("igny8")
	p.sql, err = pgxpool.New(ctx, p.database+"&pool_max_conns=2")
	return err
}

// stop ends the product as Ctrl-C does, and waits for it.
func (p *product) stop() error {
	if p.sql != nil {
		p.sql.Close()
	}
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(time.Minute):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.ended
		return fmt.Errorf("igny8 did not end within a minute: %s", p.said.String())
	}
}

func (p *product) usage() cpu { return usage(p.cmd.Process.Pid) }

// An account is a customer of the product, signed in as its owner.
type account struct {
	*product
	token string
	scope igny8.Scope
}

// register opens an account as a visitor does.
func (p *product) register(ctx context.Context, name string) (*account, error) {
	a := &account{product: p}
	var session struct {
		Token string `json:"access_token"`
		User  struct {
			Account igny8.AccountID `json:"account"`
		} `json:"user"`
	}
	err := a.call(ctx, http.MethodPost, "auth/register/", map[string]any{
		"email": name + "@example.com", "password": "correct horse battery staple", "account_name": name, "client": "native",
	}, &session)
	a.token, a.scope.Account = session.Token, session.User.Account
	return a, err
}

// customer is an account with credits and a site at the peer.
func (p *product) customer(ctx context.Context, name string) (*account, error) {
	a, err := p.register(ctx, name)
	if err != nil {
		return nil, err
	}
	var slug string
	if err := p.sql.QueryRow(ctx, "select s.site_id, s.id, a.slug from igny8_sectors s join igny8_accounts a on a.id = s.account_id where a.id = $1", a.scope.Account).Scan(&a.scope.Site, &a.scope.Sector, &slug); err != nil {
		return nil, err
	}
	grant := exec.CommandContext(ctx, p.binary, "credits", "grant", slug, "1000000", "--reason", "a benchmark")
	grant.Env, grant.Dir = p.environment(), p.dir
	if out, err := grant.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	site := "auth/sites/" + a.scope.Site.String() + "/"
	var at struct {
		Version int64 `json:"version"`
	}
	if err := a.call(ctx, http.MethodGet, site, nil, &at); err != nil {
		return nil, err
	}
	return a, a.call(ctx, http.MethodPatch, site, map[string]any{
		"version": at.Version, "wp_url": p.peer.url + sandbox.SitePath, "wp_username": "editor", "wp_app_password": sandbox.DefaultPassword,
	}, nil)
}

// call asks the API for something, and reads what stands in its envelope.
func (a *account) call(ctx context.Context, method, path string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var envelope struct {
		Data json.RawMessage `json:"data"`
	}
	if err := request(ctx, method, a.API+"/api/v1/"+path, a.token, bytes.NewReader(b), &envelope); err != nil || into == nil {
		return err
	}
	return json.Unmarshal(envelope.Data, into)
}
