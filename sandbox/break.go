package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"
)

// early does what a fault does before the call has any effect, and reports
// whether that was the end of it.
func (f Fault) early(w http.ResponseWriter, r *request) (done bool) {
	switch f.Kind {
	case Slow:
		pause(r, f.wait())
		return r.Context().Err() != nil
	case ResetBefore:
		reset(w)
		return true
	case StrippedAuth:
		r.Header.Del("Authorization")
	case Forbidden:
		page(w, http.StatusForbidden, "Request blocked", "This request was blocked by the security rules of the site.")
		return true
	case Error500, Error502, Error503:
		status := map[Kind]int{Error500: 500, Error502: 502, Error503: 503}[f.Kind]
		f.setRetry(w.Header(), "")
		page(w, status, http.StatusText(status), "The server is unable to handle the request at this time.")
		return true
	}
	return false
}

// send sends the reply, or what the fault leaves of it.
func (f Fault) send(w http.ResponseWriter, r *request, rep reply) {
	switch f.Kind {
	case SlowAfter:
		pause(r, f.wait())
	case ResetAfter:
		reset(w)
		return
	case ErrorAfter:
		page(w, http.StatusInternalServerError, "Internal Server Error", "The server encountered an unexpected condition.")
		return
	case CutClose:
		cutClose(w, rep)
		return
	case InvalidJSON:
		rep.body = append([]byte("\x00{'"), rep.body[:len(rep.body)/2]...)
	case NotImage:
		if r.purpose == "image.download" {
			rep.body = noImage
		}
	case WrongType:
		rep = rep.with("Content-Type", "text/html; charset=UTF-8")
	case Huge:
		rep.body = append(bytes.Repeat([]byte(" "), 5<<20), rep.body...)
	case HTMLBeforeJSON: // WordPress then answers 200 whatever it did: the headers are out
		notice := "<br />\n<b>Warning</b>:  a plugin prints a warning in <b>/srv/wp/wp-content/plugins/noisy/noisy.php</b> on line <b>7</b><br />\n"
		rep.status, rep.body = http.StatusOK, append([]byte(notice), rep.body...)
	}
	maps.Copy(w.Header(), rep.header)
	w.Header().Set("Content-Length", fmt.Sprint(len(rep.body)))
	w.WriteHeader(rep.status)
	switch f.Kind {
	case CutLength:
		w.Write(rep.body[:len(rep.body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Drip:
		drip(w, r, rep.body, f.wait())
	default:
		w.Write(rep.body)
	}
}

// setRetry sets the header that RetryAfter asks for, or otherwise.
func (f Fault) setRetry(h http.Header, otherwise string) {
	value := f.RetryAfter
	if value == "" {
		value = otherwise
	}
	if ms, ok := strings.CutSuffix(value, "ms"); ok {
		h.Set("retry-after-ms", ms)
	} else if value != "" {
		h.Set("Retry-After", value)
	}
}

// page answers in HTML, as whatever stands in front of a provider does.
func page(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>%d %s</title></head><body><h1>%s</h1><p>%s</p></body></html>\n", status, title, title, text)
}

// reset ends the connection so that the other side reads "connection reset by
// peer", and not the end of a stream.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or a recorder in a test: as near as it gets
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // an ordinary close is the next best
	}
	conn.Close()
}

// cutClose sends half the body without its length and closes: to HTTP that is a
// complete reply.
func cutClose(w http.ResponseWriter, rep reply) {
	conn, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	fmt.Fprintf(out, "HTTP/1.1 %d %s\r\nConnection: close\r\n", rep.status, http.StatusText(rep.status))
	_ = rep.header.Write(out) // the client may have gone
	io.WriteString(out, "\r\n")
	_, _ = out.Write(rep.body[:len(rep.body)/2])
	out.Flush()
}

func drip(w http.ResponseWriter, r *request, body []byte, each time.Duration) {
	flush := http.NewResponseController(w)
	for i := range body {
		w.Write(body[i : i+1])
		if flush.Flush() != nil || r.Context().Err() != nil {
			return
		}
		pause(r, each)
	}
}
