package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/igny8/igny8"
)

// Letter is a mail that was not sent, since mail is not set up.
type Letter struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
	At      time.Time `json:"at"`
}

// kept is how many mails are remembered.
const kept = 20

// outbox remembers the last mails that were not sent.
type outbox struct {
	mu   sync.Mutex
	last []Letter
}

func (o *outbox) keep(l Letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = append(o.last, l)
	o.last = o.last[max(0, len(o.last)-kept):]
}

func (o *outbox) latest() []Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := slices.Clone(o.last)
	slices.Reverse(all)
	return all
}

// mail sends a message. Where mail is not set up, in development, it is logged
// and remembered.
func (s *Server) mail(ctx context.Context, to, subject, body string) error {
	if s.Mail != nil {
		return s.Mail(ctx, to, subject, body)
	}
	if s.Secure {
		return igny8.Errorf(igny8.NotConfigured, "Mail is not set up here; nothing was sent.")
	}
	s.log().WarnContext(ctx, "mail is not set up: this would have been sent", "to", to, "subject", subject, "body", body)
	s.outbox.keep(Letter{To: to, Subject: subject, Body: body, At: time.Now().UTC()})
	return nil
}
