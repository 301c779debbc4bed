package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A task is one element of what Runware is sent.
type task struct {
	TaskType       string  `json:"taskType"`
	TaskUUID       string  `json:"taskUUID"`
	APIKey         string  `json:"apiKey"`
	Ping           bool    `json:"ping"`
	PositivePrompt string  `json:"positivePrompt"`
	Model          string  `json:"model"`
	Width          int     `json:"width"`
	Height         int     `json:"height"`
	Steps          int     `json:"steps"`
	NumberResults  int     `json:"numberResults"`
	OutputType     string  `json:"outputType"`
	OutputFormat   string  `json:"outputFormat"`
	DeliveryMethod string  `json:"deliveryMethod"`
	IncludeCost    bool    `json:"includeCost"`
	Seed           *uint64 `json:"seed"`
}

// A trouble is one of the errors of an answer.
type trouble struct {
	Code          string `json:"code"`
	Message       string `json:"message"`
	Parameter     string `json:"parameter,omitempty"`
	TaskType      string `json:"taskType,omitempty"`
	TaskUUID      string `json:"taskUUID,omitempty"`
	Documentation string `json:"documentation,omitempty"`
	Status        string `json:"status,omitempty"`
}

// runware is the provider behind RunwarePath. Every key is good but those that
// begin with "bad" (invalidApiKey) and "nocredits" (insufficientCredits).
func (s *Sandbox) runware() provider {
	return provider{
		classify: func(r *request) (string, string) {
			for _, t := range tasksOf(r) {
				if t.TaskType != "authentication" {
					return "/", t.TaskType
				}
			}
			return "/", "authentication"
		},
		latency: func(r *request) time.Duration { return 0 },
		refuse:  refuseRunware,
		answer:  s.answerRunware,
	}
}

func tasksOf(r *request) (tasks []task) {
	if json.Unmarshal(r.body, &tasks) != nil {
		return nil
	}
	return tasks
}

// runwareReply answers with data and errors, which may come together.
func runwareReply(status int, data []any, errors ...trouble) reply {
	body := map[string]any{"data": data}
	if data == nil {
		body["data"] = []any{}
	}
	if len(errors) > 0 {
		body["errors"] = errors
	}
	return jsonReply(status, body)
}

func runwareError(status int, code, parameter, message string, t task) reply {
	return runwareReply(status, nil, troubleOf(code, parameter, message, t))
}

func troubleOf(code, parameter, message string, t task) trouble {
	return trouble{Code: code, Message: message, Parameter: parameter, TaskType: t.TaskType, TaskUUID: t.TaskUUID, Documentation: "https://runware.ai/docs/en/getting-started/introduction"}
}

// refuseRunware is what a fault has Runware say instead of answering.
func refuseRunware(r *request) (rep reply, refused bool) {
	var t task
	for _, t = range tasksOf(r) {
		if t.TaskType != "authentication" {
			break
		}
	}
	switch r.fault.Kind {
	case RateLimited:
		rep = runwareError(429, "rateLimitExceeded", "", "Too many requests. Slow down and try again.", t)
		r.fault.setRetry(rep.header, "1")
	case NoQuota:
		rep = noCredits(t)
	case Unauthorized:
		rep = badRunwareKey(t)
	case Fatal:
		rep = runwareError(500, "internalServerError", "", "An unexpected error occurred on our side. Please try again.", t)
	case Maintenance:
		rep = runwareError(503, "serviceUnavailable", "", "The service is temporarily unavailable.", t)
		r.fault.setRetry(rep.header, "")
	case Moderated:
		rep = runwareError(400, "invalidPositivePrompt", "positivePrompt", "The prompt was flagged by our content moderation.", t)
	default:
		return reply{}, false
	}
	return rep, true
}

func noCredits(t task) reply {
	return runwareError(402, "insufficientCredits", "", "Insufficient credits. Your current balance is 0. Please add credits to continue.", t)
}

func badRunwareKey(t task) reply {
	return runwareError(401, "invalidApiKey", "apiKey", "Invalid API key. Get one at https://my.runware.ai/signup.", t)
}

// answerRunware does every task of the request and answers them together.
func (s *Sandbox) answerRunware(r *request) reply {
	var tasks []task
	if err := json.Unmarshal(r.body, &tasks); err != nil || len(tasks) == 0 {
		return runwareError(400, "invalidRequest", "", "The body must be a JSON array of at least one task.", task{})
	}
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	var data []any
	if tasks[0].TaskType == "authentication" {
		key = tasks[0].APIKey
		data = append(data, map[string]any{"taskType": "authentication", "taskUUID": orNull(tasks[0].TaskUUID), "connectionSessionUUID": uuid.NewSHA1(uuid.NameSpaceURL, []byte(key))})
		tasks = tasks[1:]
	}
	switch {
	case key == "" || strings.HasPrefix(key, "bad"):
		return badRunwareKey(task{TaskType: "authentication"})
	case strings.HasPrefix(key, "nocredits") && len(tasks) > 0 && tasks[0].TaskType == "imageInference":
		return noCredits(tasks[0])
	}
	var errors []trouble
	status := 200
	for _, t := range tasks {
		more, wrong := s.do(r, t)
		if wrong != nil {
			errors = append(errors, *wrong)
			if t.TaskType != "getResponse" { // a look at a task that failed succeeded
				status = 400
			}
		}
		data = append(data, more...)
	}
	if len(data) > 0 {
		status = 200
	}
	if r.is(Partial) {
		errors = append(errors, trouble{Code: "providerError", Message: "One of the results could not be delivered.", TaskType: r.purpose, TaskUUID: tasks[0].TaskUUID, Status: "error"})
	}
	return runwareReply(status, data, errors...)
}

func (s *Sandbox) do(r *request, t task) (data []any, wrong *trouble) {
	bad := func(code, parameter, format string, args ...any) ([]any, *trouble) {
		e := troubleOf(code, parameter, fmt.Sprintf(format, args...), t)
		return nil, &e
	}
	switch t.TaskType {
	case "ping":
		return []any{map[string]any{"taskType": "ping", "pong": true}}, nil
	case "getResponse":
		return s.getResponse(r, t)
	case "imageInference":
	default:
		return bad("invalidTaskType", "taskType", "There is no task type %q.", t.TaskType)
	}
	if id, err := uuid.Parse(t.TaskUUID); err != nil || len(t.TaskUUID) != 36 || id == uuid.Nil {
		return bad("invalidTaskUUID", "taskUUID", "The taskUUID must be a valid UUID v4.")
	}
	p, wrong := t.picture(r)
	if wrong != nil {
		return nil, wrong
	}
	p.Ready, p.Sketch = time.Now().Add(s.latency().Image).UnixMilli(), s.options.Sketch
	s.mu.Lock()
	_, replayed := s.world.pictures[p.Name]
	if !replayed {
		s.record(event{Picture: p})
	}
	s.mu.Unlock()
	if replayed || r.is(ConflictUUID) {
		return bad("conflictTaskUUID", "taskUUID", "A task with this taskUUID was already submitted.")
	}
	if t.DeliveryMethod == "async" {
		return []any{map[string]any{"taskType": t.TaskType, "taskUUID": t.TaskUUID}}, nil
	}
	pause(r, s.latency().Image)
	return p.results(r, t)
}

// picture checks an order for pictures.
func (t task) picture(r *request) (*picture, *trouble) {
	bad := func(parameter, format string, args ...any) (*picture, *trouble) {
		e := troubleOf("invalid"+strings.ToUpper(parameter[:1])+parameter[1:], parameter, fmt.Sprintf(format, args...), t)
		return nil, &e
	}
	side := func(n int) bool { return n >= 512 && n <= 2048 && n%64 == 0 }
	p := &picture{
		Name: t.TaskUUID, Key: t.TaskUUID, Prompt: t.PositivePrompt, Width: t.Width, Height: t.Height, Format: "jpeg",
		Seed: hashOf(t.TaskUUID) >> 1, Count: max(1, t.NumberResults), Fault: r.fault.Kind, Output: t.OutputType,
	}
	if t.Seed != nil { // else each order has its own: no two are drawn alike, whatever their prompts
		p.Seed = *t.Seed
	}
	switch strings.ToUpper(t.OutputFormat) {
	case "PNG", "WEBP": // WebP is drawn as PNG: there is no encoder for it
		p.Format = "png"
	case "", "JPG", "JPEG":
	default:
		return bad("outputFormat", "outputFormat must be one of: JPG, PNG, WEBP.")
	}
	switch {
	case len(t.PositivePrompt) < 2 || len(t.PositivePrompt) > 3000:
		return bad("positivePrompt", "positivePrompt must have between 2 and 3000 characters.")
	case t.Model == "":
		return bad("model", "The model is missing; it is an AIR identifier such as runware:101@1.")
	case !side(t.Width):
		return bad("width", "width must be a multiple of 64 between 512 and 2048, not %d.", t.Width)
	case !side(t.Height):
		return bad("height", "height must be a multiple of 64 between 512 and 2048, not %d.", t.Height)
	case p.Count > 20:
		return bad("numberResults", "numberResults must be between 1 and 20.")
	}
	p.Cost = float64(p.Count) * 0.0019
	if r.is(FailedTask) {
		p.Failed, p.Cost, p.Count = true, 0, 0
	}
	return p, nil
}

// results is the answer about a picture that is ready.
func (p *picture) results(r *request, t task) ([]any, *trouble) {
	if p.Failed {
		t.TaskType = "imageInference"
		e := troubleOf("providerError", "", "The image could not be generated. You were not charged.", t)
		e.Status = "error"
		return nil, &e
	}
	if p.Fault == EmptyOutput || r.is(EmptyOutput) {
		return []any{}, nil
	}
	var data []any
	for i := range p.Count {
		id := uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "%s.%d", p.Name, i))
		one := map[string]any{
			"taskType": "imageInference", "taskUUID": p.Name, "imageUUID": id, "seed": p.Seed + uint64(i), "NSFWContent": false, "status": "success",
			"cost": p.Cost / float64(p.Count),
		}
		switch p.Output {
		case "base64Data":
			one["imageBase64Data"] = base64.StdEncoding.EncodeToString(p.bytes(i))
		case "dataURI":
			one["imageDataURI"] = "data:" + p.mime() + ";base64," + base64.StdEncoding.EncodeToString(p.bytes(i))
		default:
			one["imageURL"] = fmt.Sprintf("%s/runware/im/%s.%d.%s", r.base, p.Name, i, strings.Replace(p.Format, "jpeg", "jpg", 1))
		}
		data = append(data, one)
	}
	return data, nil
}

func (p *picture) bytes(i int) []byte {
	if p.Fault == NotImage {
		return noImage
	}
	return p.draw(i)
}

// getResponse tells how far a task is. Of one it never saw it says nothing.
func (s *Sandbox) getResponse(r *request, t task) ([]any, *trouble) {
	s.mu.Lock()
	p := s.world.pictures[t.TaskUUID]
	s.mu.Unlock()
	switch {
	case p == nil:
		return []any{}, nil
	case time.Now().UnixMilli() < p.Ready:
		return []any{map[string]any{"taskType": "imageInference", "taskUUID": p.Name, "status": "processing"}}, nil
	}
	return p.results(r, t)
}

// runwareImage serves a picture that is ready.
func (s *Sandbox) runwareImage(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, func(p *picture) bool { return time.Now().UnixMilli() >= p.Ready })
}
