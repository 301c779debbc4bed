package pgdev

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/igny8/igny8"
)

// lockDir takes the directory for this process. It returns nil if another
// process has it. The kernel drops the lock with the process, however it ends.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "You may not write to the data directory %s. It may belong to another user, such as root", dir)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, igny8.Wrap(igny8.Invalid, err, "The file %s can't be locked; the data directory must be on a local disk", path)
}

// unlock gives the directory up at once. To close the file is not enough: a
// process that is being forked at this moment has it open as well, until it runs
// its own program.
func unlock(file *os.File) {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	_ = file.Close()
}
