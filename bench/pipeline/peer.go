package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/igny8/igny8/sandbox"
)

// A peer is the sandbox in a process of its own: what it computes is nobody's
// cost but its own.
type peer struct {
	cmd *exec.Cmd
	url string
}

// serve is the peer's process. It says its address and answers until it is told
// to end by its input.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	peers, err := sandbox.New(sandbox.Options{PublicURL: address, SiteName: "The site of the benchmark"})
	if err != nil {
		return err
	}
	picture, err := newStock()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", peers.Handler())
	mux.Handle("GET /runware/im/{file}", picture)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when whoever started us does
		_ = server.Close()
	}()
	fmt.Println(address)
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// stock is a picture that was drawn beforehand, since drawing and encoding are
// not what is measured. Each file of it differs in a comment, so that no two
// have the same hash.
type stock struct{ jpeg []byte }

func newStock() (stock, error) {
	const width, height = 1344, 768
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			grain := uint8((x*7919 ^ y*104729) >> 3 & 15) // so that it is as large as a photograph
			img.SetRGBA(x, y, color.RGBA{R: uint8(x/6) + grain, G: uint8(y/4) + grain, B: 128 + grain, A: 255})
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 82})
	return stock{out.Bytes()}, err
}

func (s stock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	comment := r.PathValue("file")
	w.Header().Set("Content-Type", "image/jpeg")
	// The comment's segment (FF FE, its length with these two bytes) stands
	// behind the two bytes that begin the file: ITU T.81, B.2.4.5.
	for _, part := range [][]byte{s.jpeg[:2], {0xff, 0xfe, 0, byte(len(comment) + 2)}, []byte(comment), s.jpeg[2:]} {
		if _, err := w.Write(part); err != nil {
			return // the client has gone
		}
	}
}

// startPeer starts the peer's process, which ends with ours.
func startPeer(ctx context.Context) (*peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &peer{cmd: exec.CommandContext(ctx, self, "-peer")}
	p.cmd.Stderr = os.Stderr
	if _, err := p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var said [256]byte
	n, err := out.Read(said[:])
	p.url = strings.TrimSpace(string(said[:n]))
	return p, err
}

func (p *peer) stop() {
	_ = p.cmd.Process.Kill() // it keeps nothing
	_ = p.cmd.Wait()
}

// latency is how long calls take from now on.
func (p *peer) latency(ctx context.Context, l sandbox.Latency) error {
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return request(ctx, http.MethodPut, p.url+"/_sandbox/latency", "", bytes.NewReader(body), nil)
}

// calls are all that the peer has received.
func (p *peer) calls(ctx context.Context) (calls []sandbox.Call, err error) {
	err = request(ctx, http.MethodGet, p.url+"/_sandbox/calls", "", nil, &calls)
	return calls, err
}

// spent is how long the peers let us wait for calls, one after the other. A
// picture is accepted at once and takes its time after that.
func spent(calls []sandbox.Call, l sandbox.Latency) (total time.Duration) {
	for _, c := range calls {
		switch {
		case c.Protocol == sandbox.OpenAI:
			total += l.Text
		case c.Protocol == sandbox.Runware && c.Purpose == "imageInference":
			total += l.Image
		case c.Protocol == sandbox.WordPress:
			total += l.Site
		}
	}
	return total
}

// request sends JSON and reads JSON.
func request(ctx context.Context, method, url, token string, body io.Reader, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode > 299 {
		return fmt.Errorf("%s %s: %d: %s", method, url, res.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
