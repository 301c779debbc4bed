package pgdev

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// helper tells the test binary to be a process that others kill: it starts a
// cluster in that directory ("temporary" for a temporary one), says which
// process and directory, and waits.
const helper = "PGDEV_TEST_HELPER"

// npm is where npm's server is, if it is: a second place to look.
var npm = func() []string {
	if dir := os.Getenv("PGDEV_TEST_NATIVE"); dir != "" {
		return []string{dir} // this runs elsewhere
	}
	dir, _ := filepath.Abs(NativeDir(filepath.Join("..", "..", "tools", "postgres", "node_modules")))
	return []string{dir}
}()

func TestMain(m *testing.M) {
	if dir := os.Getenv(helper); dir != "" {
		help(dir)
	}
	os.Exit(m.Run())
}

func help(dir string) {
	var c *Cluster
	var err error
	if dir == "temporary" {
		var t *Temporary
		if t, err = StartTemporary(context.Background(), Options{Binaries: npm}); err == nil {
			c = t.Cluster
		}
	} else {
		c, err = Start(context.Background(), Options{Dir: dir, Binaries: npm, Fast: true})
	}
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println(c.pid, c.options.Dir)
	select {}
}

// sacrifice runs a helper until it has a cluster, and kills it. It returns the
// server's process and the cluster's directory.
func sacrifice(t *testing.T, dir string) (pid int, at string) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), helper+"="+dir, "PGDEV_TEST_NATIVE="+npm[0])
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	_, err = fmt.Sscan(line, &pid, &at)
	require.NoError(t, err, line)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	return pid, at
}

// home makes an empty directory that the server's user can enter.
func home(t *testing.T) string {
	dir, err := temporaryDir("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// start starts a cluster that is stopped at the test's end at the latest.
func start(t *testing.T, o Options) *Cluster {
	needServer(t)
	o.Fast, o.Binaries = true, npm
	c, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Stop() })
	return c
}

// needServer ends the test where there is nothing to run; with CI set that is a
// failure.
func needServer(t *testing.T) {
	if len(installations(Options{Binaries: npm})) > 0 {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal(ErrNoBinaries)
	}
	t.Skip(ErrNoBinaries)
}

// query returns the one text that a statement yields.
func query(t *testing.T, url, statement string) (text string) {
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), statement).Scan(&text))
	return text
}

func exec1(t *testing.T, url, statement string) {
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), statement)
	require.NoError(t, err)
}

// fake makes an installation of shell scripts.
func fake(t *testing.T, version, initdb, postgres string) string {
	dir := home(t)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	scripts := map[string]string{
		"initdb":   initdb,
		"postgres": `[ "$1" = --version ] && echo "postgres (PostgreSQL) ` + version + `" && exit` + "\n" + postgres,
	}
	for name, script := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return dir
}

// The same tests hold for root, who must run the server as somebody else, and
// for an ordinary user: root runs them a second time as nobody.
func TestAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user already; the tests for root are left out")
	}
	who, err := unprivileged("nobody")
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	dir := home(t)
	require.NoError(t, who.give(dir))
	program := filepath.Join(dir, "pgdev.test")
	require.NoError(t, copyFile(self, program))
	require.NoError(t, os.Chmod(program, 0o755))
	native := filepath.Join(dir, "npm", "native") // the checkout may be where only root may go
	if _, err := os.Stat(npm[0]); err == nil {
		require.NoError(t, os.CopyFS(filepath.Dir(native), os.DirFS(filepath.Dir(npm[0]))))
	}
	cmd := exec.Command(program, "-test.v", "-test.short")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "CI=" + os.Getenv("CI"), "PGDEV_TEST_NATIVE=" + native}
	cmd.SysProcAttr = (&Cluster{account: who}).command(t.Context(), "").SysProcAttr
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Greater(t, strings.Count(string(out), "--- PASS"), 10, "%s", out)
}
