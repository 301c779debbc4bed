package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// A letter is what the server was given, and how.
type letter struct {
	from, to, user, password string
	encrypted                bool
	*mail.Message
}

// postOffice speaks as much of SMTP (RFC 5321, with STARTTLS and AUTH PLAIN) as
// a message takes. It does not take mail for nobody@.
type postOffice struct {
	t       *testing.T
	address string
	tls     *tls.Config
	direct  bool // encrypted from the first byte
	letters chan letter
}

func newPostOffice(t *testing.T, direct bool) (*postOffice, *tls.Config) {
	t.Helper()
	server, client := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &postOffice{t: t, address: l.Addr().String(), tls: server, direct: direct, letters: make(chan letter, 4)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(c)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return p, client
}

func (p *postOffice) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	var got letter
	if p.direct {
		c, got.encrypted = tls.Server(c, p.tls), true
	}
	in := textproto.NewReader(bufio.NewReader(c))
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 post.test ready")
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-post.test")
			if !got.encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			c, got.encrypted = tls.Server(c, p.tls), true
			in = textproto.NewReader(bufio.NewReader(c))
		case "AUTH":
			b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			parts := strings.Split(string(b), "\x00")
			if got.user, got.password = parts[1], parts[2]; got.password == "wrong" {
				say("535 5.7.8 no")
				continue
			}
			say("235 welcome")
		case "MAIL":
			got.from = rest
			say("250 ok")
		case "RCPT":
			if got.to = rest; strings.Contains(rest, "nobody@") {
				say("550 5.1.1 nobody of that name")
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			m, err := mail.ReadMessage(in.DotReader())
			if err != nil {
				return
			}
			body, err := io.ReadAll(m.Body)
			if err != nil {
				return
			}
			m.Body = strings.NewReader(string(body))
			got.Message = m
			p.letters <- got
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// certificate is the post office's, and what trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	trusted.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: trusted, ServerName: "127.0.0.1"}
}

func TestSend(t *testing.T) {
	t.Parallel()
	for security, encrypted := range map[Security]bool{StartTLS: true, TLS: true, Plain: false} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			p, trusted := newPostOffice(t, security == TLS)
			s := Server{Address: p.address, From: "IGNY8 <igny8@shop.test>", Security: security, Trusted: trusted}
			if encrypted {
				s.Username, s.Password = "igny8", "a password"
			}
			require.NoError(t, s.Check())
			body := "Öffne https://shop.test/password-reset#" + strings.Repeat("A", 52) + " bald.\n.\nEnde"
			require.NoError(t, s.Send(t.Context(), "reader@shop.test", "Ein neues Paßwort", body))
			got := <-p.letters
			require.Equal(t, encrypted, got.encrypted)
			require.Equal(t, s.Username, got.user)
			require.Equal(t, s.Password.Reveal(), got.password)
			require.Contains(t, got.from, "<igny8@shop.test>")
			require.Contains(t, got.to, "<reader@shop.test>")
			require.NotEmpty(t, got.Header.Get("Message-Id"))
			require.Contains(t, got.Header.Get("Content-Type"), "text/plain")
			text, err := io.ReadAll(quotedprintable.NewReader(got.Body))
			require.NoError(t, err)
			require.Equal(t, body, strings.ReplaceAll(strings.TrimSpace(string(text)), "\r\n", "\n"))
		})
	}
}

func TestNotSent(t *testing.T) {
	t.Parallel()
	p, trusted := newPostOffice(t, false)
	s := Server{Address: p.address, From: "igny8@shop.test", Trusted: trusted}
	code := func(s Server, to, subject string) igny8.Code {
		return igny8.CodeOf(s.Send(t.Context(), to, subject, "x"))
	}
	require.Equal(t, igny8.Invalid, code(s, "nobody@shop.test", "x"))
	require.Equal(t, igny8.Invalid, code(s, "reader@shop.test\r\nBcc: other@shop.test", "x"))
	stranger := s
	stranger.Trusted = nil
	require.Equal(t, igny8.Unavailable, code(stranger, "reader@shop.test", "x"), "a server that nobody vouches for is given nothing")
	wrong := s
	wrong.Username, wrong.Password = "igny8", "wrong"
	require.Equal(t, igny8.Unavailable, code(wrong, "reader@shop.test", "x"))
	require.NotContains(t, wrong.Send(t.Context(), "reader@shop.test", "x", "x").Error(), "wrong")
	gone := s
	gone.Address = "127.0.0.1:1"
	require.Equal(t, igny8.Unavailable, code(gone, "reader@shop.test", "x"))
	require.Empty(t, p.letters)

	require.NoError(t, s.Send(t.Context(), "reader@shop.test", "x\r\nBcc: other@shop.test", "x"))
	got := <-p.letters
	require.Empty(t, got.Header.Get("Bcc"), "a subject is one line")
	for _, s := range []Server{{Address: "mail.shop.test", From: "a@b.test"}, {Address: "mail.shop.test:many", From: "a@b.test"}, {Address: "mail.shop.test:587", From: "nobody"}} {
		require.Equal(t, igny8.NotConfigured, igny8.CodeOf(s.Check()), s.Address)
	}
}
