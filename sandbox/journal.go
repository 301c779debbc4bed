package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
)

// A journal is a file of events, one line each. It is written before a reply is
// sent and not synced: it survives the death of the process, not of the
// machine.
type journal struct {
	dir  string
	file *os.File
}

// openJournal hands every event in dir to apply and readies the file for more.
// A last line that a crash tore is cut off; it was never answered.
func openJournal(dir string, apply func(event)) (*journal, error) {
	if err := os.MkdirAll(filepath.Join(dir, "uploads"), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	end, err := replay(f, apply)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &journal{dir: dir, file: f}, nil
}

// replay returns where the last whole line ends.
func replay(r io.Reader, apply func(event)) (end int64, err error) {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		var e event
		if json.Unmarshal(bytes.TrimSpace(line), &e) != nil {
			return end, nil
		}
		apply(e)
		end += int64(len(line))
	}
}

func (j *journal) append(e event) {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err != nil {
		slog.Error("the sandbox could not write its journal", "err", err)
	}
}

// saveFile keeps an uploaded file under its hash. The name appears when the
// file is whole.
func (j *journal) saveFile(hash string, data []byte) error {
	path := j.filePath(hash)
	if err := os.WriteFile(path+".part", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func (j *journal) filePath(hash string) string { return filepath.Join(j.dir, "uploads", hash) }

func (j *journal) close() error { return j.file.Close() }
