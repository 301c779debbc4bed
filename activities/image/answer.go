package image

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// An answer of Runware lists what became of each task: results and errors may
// come together.
type answer struct {
	Data []struct {
		TaskType string  `json:"taskType"`
		TaskUUID string  `json:"taskUUID"`
		Status   string  `json:"status"` // processing, success or error
		URL      string  `json:"imageURL"`
		Unsafe   bool    `json:"NSFWContent"`
		Cost     float64 `json:"cost"` // US dollars
	} `json:"data"`
	Errors []trouble `json:"errors"`
}

type trouble struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	Parameter any    `json:"parameter"`
	TaskType  string `json:"taskType"`
	TaskUUID  string `json:"taskUUID"`
	Status    string `json:"status"`
}

// parseAnswer reads a reply of any status. Without a list of errors in it the
// status alone decides.
func parseAnswer(r outbound.Reply, now time.Time) (answer, error) {
	var a answer
	err := outbound.Decode(r.Body, &a)
	good := r.Status >= 200 && r.Status <= 299
	switch {
	case err != nil && good:
		return a, fail(igny8.Unknown, 0, err)
	case err == nil && len(a.Errors) > 0, good:
		return a, nil
	}
	return a, trouble{}.fail(r, now)
}

// parseTask finds in a reply what it says of one task. A look at a task that was
// cut short is Unavailable: it can be repeated freely.
func parseTask(r outbound.Reply, id uuid.UUID, look bool, now time.Time) (Task, error) {
	task := Task{ID: id}
	a, err := parseAnswer(r, now)
	if look && igny8.CodeOf(err) == igny8.Unknown {
		err = igny8.Wrap(igny8.Unavailable, err, "%s did not finish its reply", provider)
	}
	if err != nil {
		return task, err
	}
	for _, d := range a.Data {
		if !strings.EqualFold(d.TaskUUID, id.String()) {
			continue
		}
		task.Known, task.CostMicros = true, micros(d.Cost)
		switch {
		case d.Unsafe:
			return task, fail(igny8.Refused, 0, came{cause(r.Status, "NSFWContent")})
		case d.URL != "":
			task.Done, task.URL = true, d.URL
			return task, nil
		case d.Status == "error":
			return task, fail(igny8.Unavailable, 0, came{cause(r.Status)})
		case d.Status == "success":
			return task, fail(igny8.Malformed, 0, came{cause(r.Status, "success without imageURL")})
		}
	}
	if task.Known { // accepted, or in the making; an error beside that is about something else
		return task, nil
	}
	for _, e := range a.Errors {
		if e.TaskUUID != "" && !strings.EqualFold(e.TaskUUID, id.String()) {
			continue
		}
		err := e.fail(r, now)
		if own, ok := errors.AsType[*igny8.Error](err); ok && look && (e.Status == "error" || e.TaskType == "imageInference") {
			own.Err = came{own.Err}
		}
		return task, err
	}
	return task, nil
}

// moderated tells a prompt that was judged from one that is merely too long:
// both are invalidPositivePrompt.
var moderated = regexp.MustCompile(`(?i)moderation|flagged|nsfw|safety|content polic`)

func micros(dollars float64) int64 {
	if !(dollars > 0 && dollars < 1e6) {
		return 0
	}
	return int64(math.Round(dollars * 1e6))
}

// came is the cause of an error about an order that came to nothing.
type came struct{ error }

func (c came) Unwrap() error { return c.error }

// Failed reports whether err says that an order itself failed, rather than a
// request about it. It goes on failing under that name.
func Failed(err error) bool {
	_, ok := errors.AsType[came](err)
	return ok
}

// worthAnother reports whether a new order may do better than one that failed
// with that code.
func worthAnother(c igny8.Code) bool {
	return !c.Final() || c.NeedsPerson() || c == igny8.Malformed
}

func (t trouble) fail(r outbound.Reply, now time.Time) error {
	code := t.code(r.Status)
	parameter, _ := t.Parameter.(string)
	err := fail(code, 0, cause(r.Status, t.Code, t.TaskType, parameter))
	if code == igny8.Conflict {
		return igny8.Wrap(code, cause(r.Status, t.Code), "The image provider has this order already")
	}
	if own, ok := errors.AsType[*igny8.Error](err); ok && (code == igny8.Busy || code == igny8.Unavailable) {
		own.After = outbound.After(r.Header, t.Message, now)
	}
	return err
}

// classes are parts of the names of errors, from Runware's documents on errors
// and the sources of its clients, in the order in which they decide.
// The names are not stable ("We are actively standardizing our error codes"), so
// parts of them, and behind them the status, have to do.
var classes = []struct {
	code  igny8.Code
	parts []string
}{
	{igny8.Conflict, []string{"conflicttaskuuid"}},
	{igny8.NoQuota, []string{"insufficientcredit", "insufficientfund", "quotaexceeded", "paymentrequired", "billing"}},
	{igny8.Credentials, []string{"apikey", "unauthorized", "unauthenticated", "authentication", "forbidden"}},
	{igny8.Busy, []string{"ratelimit", "toomanyrequests", "concurren"}},
	{igny8.Refused, []string{"moderation", "nsfw", "safety", "contentpolicy", "inappropriate"}},
	{igny8.Unavailable, []string{"timeout", "provider", "connection", "servererror", "internal", "unavailable"}},
	{igny8.Invalid, []string{"invalid", "missing", "unsupported", "validation", "notfound"}},
}

func (t trouble) code(status int) igny8.Code {
	name := strings.ToLower(t.Code)
	if strings.HasPrefix(name, "invalid") && moderated.MatchString(t.Message) {
		return igny8.Refused
	}
	for _, c := range classes {
		for _, part := range c.parts {
			if strings.Contains(name, part) {
				return c.code
			}
		}
	}
	switch {
	case status == 402:
		return igny8.NoQuota
	case status == 401, status == 403:
		return igny8.Credentials
	case status == 408, status == 409, status == 425, status == 429:
		return igny8.Busy
	case status == 413:
		return igny8.TooLarge
	case status >= 500:
		return igny8.Unavailable
	case status >= 300:
		return igny8.Invalid
	}
	return igny8.Unavailable // an error without a name, under a good status
}
