package pgdev

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

func TestClusterKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := home(t)
	c := start(t, Options{Dir: dir})
	require.Equal(t, "127.0.0.1", query(t, c.URL("postgres"), "show listen_addresses"))
	require.Equal(t, "UTF8/C.UTF-8", query(t, c.URL("postgres"),
		"select pg_encoding_to_char(encoding) || '/' || datctype from pg_database where datname = 'postgres'"))
	group, err := syscall.Getpgid(c.pid)
	require.NoError(t, err)
	require.Equal(t, c.pid, group, "a Ctrl-C must not reach it before us")

	info, err := os.Stat(filepath.Join(dir, "password"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, "0", query(t, c.URL("postgres"), "select count(*)::text from pg_hba_file_rules where auth_method <> 'scram-sha-256'"))
	_, err = pgx.Connect(t.Context(), strings.Replace(c.URL("postgres"), c.password, "wrong", 1))
	require.ErrorContains(t, err, "password authentication failed")

	exec1(t, c.URL("postgres"), "create table kept as select 'kept' as t")
	require.NoError(t, c.Stop())
	<-c.Done()
	require.NoError(t, c.Stop(), "stopping twice is harmless")
	leftovers, err := filepath.Glob(filepath.Join(dir, "l*nt-*"))
	require.NoError(t, err)
	require.Empty(t, leftovers)

	again := start(t, Options{Dir: dir})
	require.Equal(t, "kept", query(t, again.URL("postgres"), "select t from kept"))
}

func TestCreateDatabaseOnce(t *testing.T) {
	t.Parallel()
	c := start(t, Options{Dir: home(t)})
	var all sync.WaitGroup
	failed := make([]error, 4)
	for i := range failed {
		all.Go(func() { failed[i] = c.CreateDatabase(t.Context(), `odd "name"`) })
	}
	all.Wait()
	require.NoError(t, errors.Join(failed...))
	require.Equal(t, `odd "name"`, query(t, c.URL(`odd "name"`), "select current_database()"))
}

// A server survives the kill of its process; the next one takes it over, and
// stops it.
func TestAdoptsAServerThatOutlivedItsProcess(t *testing.T) {
	t.Parallel()
	needServer(t)
	dir := home(t)
	pid, _ := sacrifice(t, dir)
	require.True(t, exists(pid))
	c := start(t, Options{Dir: dir})
	require.Equal(t, pid, c.pid)
	require.Equal(t, strconv.Itoa(c.Port()), query(t, c.URL("postgres"), "show port"))
	require.NoError(t, c.Stop())
	require.Nil(t, c.running())
}

func TestGuestLeavesTheServerRunning(t *testing.T) {
	t.Parallel()
	dir := home(t)
	owner := start(t, Options{Dir: dir})
	guest := start(t, Options{Dir: dir})
	require.Equal(t, owner.URL("x"), guest.URL("x"))
	require.NoError(t, guest.Stop())
	require.Equal(t, "1", query(t, owner.URL("postgres"), "select '1'"))
	require.NoError(t, owner.Stop())
	<-guest.Done()
}

func TestRecoversFromAKilledServer(t *testing.T) {
	t.Parallel()
	dir := home(t)
	c := start(t, Options{Dir: dir})
	exec1(t, c.URL("postgres"), "set synchronous_commit = on; create table kept as select 'kept' as t")
	require.NoError(t, syscall.Kill(c.pid, syscall.SIGKILL))
	<-c.Done()
	require.NoError(t, c.Stop())
	require.FileExists(t, filepath.Join(dir, "data", "postmaster.pid"), "the case is that it is stale")
	again := start(t, Options{Dir: dir})
	require.Equal(t, "kept", query(t, again.URL("postgres"), "select t from kept"))
}

// What a killed server left may take a moment to notice: it is waited for.
func TestWaitsForProcessesOfAKilledServer(t *testing.T) {
	t.Parallel()
	dir := home(t)
	c := start(t, Options{Dir: dir})
	conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	slow := int(conn.PgConn().PID())
	require.NoError(t, syscall.Kill(slow, syscall.SIGSTOP))
	require.NoError(t, syscall.Kill(c.pid, syscall.SIGKILL))
	<-c.Done()
	require.NoError(t, c.Stop())
	go func() {
		defer syscall.Kill(slow, syscall.SIGCONT)
		for t.Context().Err() == nil {
			if log, _ := os.ReadFile(c.logFile()); strings.Contains(string(log), "is still in use") {
				return
			}
			time.Sleep(10 * time.Millisecond) // another process writes it
		}
	}()
	again := start(t, Options{Dir: dir})
	require.Equal(t, "1", query(t, again.URL("postgres"), "select '1'"))
}

// The number in a stale postmaster.pid may belong to somebody else by now:
// here, to this test. PostgreSQL by itself would refuse to start.
func TestForeignProcessInPidFile(t *testing.T) {
	t.Parallel()
	dir := home(t)
	c := start(t, Options{Dir: dir})
	file := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, c.Stop())
	foreign := strings.Replace(string(text), strconv.Itoa(c.pid), strconv.Itoa(os.Getpid()), 1)
	require.NoError(t, os.WriteFile(file, []byte(foreign), 0o600))
	require.NoError(t, c.account.give(file))
	again := start(t, Options{Dir: dir})
	require.NotEqual(t, os.Getpid(), again.pid)
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	needServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	_, err = Start(t.Context(), Options{Dir: home(t), Port: port, Binaries: npm, Fast: true})
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err))
	require.Contains(t, igny8.MessageOf(err), "Port "+strconv.Itoa(port))
	if runtime.GOOS == "linux" {
		require.Contains(t, igny8.MessageOf(err), "process "+strconv.Itoa(os.Getpid()))
	}
	require.NoError(t, listener.Close())
	c := start(t, Options{Dir: home(t), Port: port})
	require.Equal(t, port, c.Port())
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(home(t), strings.Repeat("long", 40), "with space")
	c := start(t, Options{Dir: dir})
	require.Equal(t, dir+"/data", query(t, c.URL("postgres"), "show data_directory"))
}

func TestDirectoryThatCannotBeEntered(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as somebody else")
	}
	closed := filepath.Join(home(t), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	_, err := Start(t.Context(), Options{Dir: filepath.Join(closed, "in")})
	require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	require.Contains(t, igny8.MessageOf(err), "can't enter "+closed+".")
	require.Contains(t, igny8.MessageOf(err), "chmod o+x "+closed)
}

func TestDirectoryThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(home(t), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := Start(t.Context(), Options{Dir: filepath.Join(file, "in")})
	require.Contains(t, igny8.MessageOf(err), file)
	if os.Geteuid() != 0 {
		_, err := Start(t.Context(), Options{Dir: "/var/lib/igny8-not-ours"})
		require.Contains(t, igny8.MessageOf(err), "You may not make the directory /var/lib/igny8-not-ours")
	}
}

func TestPasswordIsGoneOrWrong(t *testing.T) {
	t.Parallel()
	dir := home(t)
	c := start(t, Options{Dir: dir})
	require.NoError(t, c.Stop())
	password := filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(password, []byte("wrong"), 0o600))
	_, err := Start(t.Context(), Options{Dir: dir, Binaries: npm, Fast: true})
	require.ErrorContains(t, err, "is not that of the cluster")
	require.Nil(t, c.running(), "a failed start leaves no server")
	require.NoError(t, os.Remove(password))
	_, err = Start(t.Context(), Options{Dir: dir, Binaries: npm, Fast: true})
	require.ErrorContains(t, err, password+" is gone")
}

// A killed process takes a temporary cluster with it, server and directory.
func TestTemporaryGoesWithItsProcess(t *testing.T) {
	t.Parallel()
	needServer(t)
	pid, dir := sacrifice(t, "temporary")
	for exists(pid) || dirExists(dir) {
		select {
		case <-t.Context().Done():
			t.Fatal("the server or its directory is still there")
		case <-time.After(20 * time.Millisecond):
		}
	}
	c, err := StartTemporary(t.Context(), Options{Binaries: npm})
	require.NoError(t, err)
	require.Equal(t, "off", query(t, c.URL("postgres"), "show fsync"))
	require.NoError(t, c.Stop())
	require.NoDirExists(t, c.dir)
}

func dirExists(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}

// A process that is just being forked has every file open that ours has.
func TestADirectoryThatWasGivenUpIsFree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ours, err := lockDir(dir)
	require.NoError(t, err)
	require.NotNil(t, ours)
	forked, err := syscall.Dup(int(ours.Fd()))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(forked)) }()

	unlock(ours)

	again, err := lockDir(dir)
	require.NoError(t, err)
	require.NotNil(t, again, "it can be taken at once")
	unlock(again)
}
