package pgdev

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/igny8/igny8"
)

// An account is whom the server runs as, since PostgreSQL refuses root. A nil
// account is ourselves.
type account struct {
	name     string
	uid, gid uint32
}

// unprivileged returns the account for root, and nil for everybody else. The
// account must be in the password database, for initdb looks it up.
func unprivileged(name string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	names := []string{"postgres", "nobody"}
	if name != "" {
		names = []string{name}
	}
	for _, n := range names {
		u, err := user.Lookup(n)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{n, uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, igny8.Errorf(igny8.Invalid, "PostgreSQL refuses to run as root, and there is no other user it could run as (tried %v). "+
		"Make one (useradd --system postgres), or run igny8 as an ordinary user", names)
}

// credential is what a child process needs to run as the account.
func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// give makes the account the owner of path.
func (a *account) give(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// canEnter reports the first directory on the way to dir that the account can't
// enter, and what to do about it.
func (a *account) canEnter(dir string) error {
	if a == nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	blocked := ""
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return igny8.Wrap(igny8.Invalid, err, "The data directory %s can't be read", dir)
		}
		if !a.enters(info) {
			blocked = at
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if blocked == "" {
		return nil
	}
	return igny8.Errorf(igny8.Invalid, "PostgreSQL refuses to run as root, so it runs as %q, who can't enter %s. "+
		"Choose a data directory elsewhere (for root the usual one is /var/lib/igny8), or let others pass with: chmod o+x %s", a.name, blocked, blocked)
}

// enters reads the permission that applies to the account: its own, its
// group's, or everybody's.
func (a *account) enters(info fs.FileInfo) bool {
	owner := info.Sys().(*syscall.Stat_t)
	switch {
	case owner.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case owner.Gid == a.gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}

// makeDir makes a directory, and says for people why it can't.
func makeDir(dir string, mode fs.FileMode) error {
	err := os.MkdirAll(dir, mode)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return igny8.Wrap(igny8.Invalid, err, "You may not make the directory %s. Choose a data directory of your own, for example %s", dir, DefaultDir())
	case errors.Is(err, syscall.ENOSPC):
		return igny8.Wrap(igny8.Invalid, err, "The disk that holds %s is full", dir)
	}
	return igny8.Wrap(igny8.Invalid, err, "The directory %s can't be made", dir)
}
