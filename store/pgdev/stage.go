package pgdev

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/igny8/igny8"
)

// stage makes a runnable copy of npm's package in dir and returns it. The
// package lacks its symbolic links, which an install script would make, and it
// may lie where the server's user can't read. Where possible the copy shares
// its bytes with the original.
func stage(i installation, dir string) (installation, error) {
	staged := installation{dir: filepath.Join(dir, "server-"+i.npm), major: i.major}
	if _, err := os.Stat(staged.dir); err == nil {
		return staged, nil // it was moved here when it was complete
	}
	fresh, err := os.MkdirTemp(dir, "server-*.new")
	if err != nil {
		return staged, cannotStage(i, err)
	}
	defer os.RemoveAll(fresh)
	if err := copyTree(i.dir, fresh); err != nil {
		return staged, cannotStage(i, err)
	}
	if err := linkLibraries(fresh); err != nil {
		return staged, cannotStage(i, err)
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return staged, cannotStage(i, err)
	}
	if err := os.Rename(fresh, staged.dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return staged, cannotStage(i, err)
	}
	return staged, nil
}

func cannotStage(i installation, err error) error {
	return igny8.Wrap(igny8.Internal, err, "The PostgreSQL server in %s can't be copied; if it is incomplete, run \"npm ci\" in tools/postgres again", i.dir)
}

// copyTree copies what is needed at run time: no static libraries.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case strings.HasSuffix(name, ".a"):
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			points, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(points, target)
		}
		return copyFile(path, target)
	})
}

// copyFile makes target a readable copy of path, if it can by a second name for
// the same bytes.
func copyFile(path, target string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode()&0o044 == 0o044 && os.Link(path, target) == nil {
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_EXCL, info.Mode().Perm()|0o444|info.Mode()&0o100>>6|info.Mode()&0o100>>3)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// linkLibraries makes the links that npm can't carry. The package lists them as
// pairs like native/lib/libpq.so.5.17 and native/lib/libpq.so.5.
func linkLibraries(dir string) error {
	list, err := os.ReadFile(filepath.Join(dir, "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(list, &links); err != nil {
		return err
	}
	for _, link := range links {
		target := strings.TrimPrefix(link.Target, "native/")
		if !filepath.IsLocal(target) {
			return errors.New("pg-symlinks.json names " + link.Target)
		}
		err := os.Symlink(filepath.Base(link.Source), filepath.Join(dir, target))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
