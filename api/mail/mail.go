// Package mail sends messages by SMTP.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/igny8/igny8"
)

// patience is how long a server may take for one message, from the connection on.
const patience = 30 * time.Second

// Security is how the connection to the server is kept from others.
type Security string

const (
	StartTLS Security = "starttls" // encrypted before anything is said; refused if the server can't
	TLS      Security = "tls"      // encrypted from the first byte, as on port 465
	Plain    Security = "none"     // for a server on the same machine
)

// A Server takes our mail, and gives it to those it is for.
type Server struct {
	Address  string // host:port
	Username string // empty signs in as nobody
	Password igny8.Secret
	From     string // as in "IGNY8 <igny8@example.com>"
	Security Security
	Trusted  *tls.Config // of the server's certificate; nil is what the system trusts
}

// Check reports what is wrong with how the server is described, so that it is
// known when the program starts and not when somebody waits for a mail.
func (s Server) Check() error {
	_, err := s.client()
	if err == nil {
		err = gomail.NewMsg().From(s.From)
	}
	if err != nil {
		return igny8.Wrap(igny8.NotConfigured, err, "Mail can't be sent with these settings: %v", err)
	}
	return nil
}

// Send gives a message of plain text to the server. The error is Unavailable if
// that was not possible now, and Invalid for an address that the server does not
// take.
func (s Server) Send(ctx context.Context, to, subject, body string) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	m := gomail.NewMsg()
	if err := m.From(s.From); err != nil {
		return err
	}
	if err := m.To(to); err != nil {
		return igny8.FieldErrorf("email", "This is not an address that mail can be sent to.")
	}
	m.Subject(subject)
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(gomail.TypeTextPlain, body)
	err = client.DialAndSendWithContext(ctx, m)
	refused, ok := errors.AsType[*gomail.SendError](err)
	switch {
	case err == nil:
		return nil
	case ok && refused.Reason == gomail.ErrSMTPRcptTo && !refused.IsTemp():
		return igny8.Wrap(igny8.Invalid, err, "The mail server does not take mail for this address.")
	}
	return igny8.Wrap(igny8.Unavailable, err, "The mail could not be sent. Try again later.")
}

func (s Server) client() (*gomail.Client, error) {
	host, digits, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(patience)}
	switch s.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Trusted != nil {
		options = append(options, gomail.WithTLSConfig(s.Trusted))
	}
	if s.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Username), gomail.WithPassword(s.Password.Reveal()))
	}
	return gomail.NewClient(host, options...)
}
