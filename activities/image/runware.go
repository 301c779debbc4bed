package image

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// Runware returns a client of Runware's API.
func Runware(c Config) *RunwareClient {
	c.BaseURL = cmp.Or(c.BaseURL, "https://api.runware.ai/v1")
	c.Poll = cmp.Or(c.Poll, time.Second)
	return &RunwareClient{c}
}

// A RunwareClient orders pictures under names of our choosing, so that one which
// was ordered before is found and never paid for twice. Each method but Generate
// is one request.
type RunwareClient struct{ config Config }

// names is the namespace of our task names.
var names = uuid.MustParse("a2f2c8e1-6f0b-4c56-9c67-1f5d3c0c2f5e")

// TaskID is the name of the picture with that domain key at Runware: derived, so
// that a repeated order carries the same, and of the form of a version 4 UUID,
// which is what the API accepts. A task that failed answers with its failure for
// ever, and the next one for the same key has the next number, from 0.
func TaskID(key string, number int) uuid.UUID {
	id := uuid.NewSHA1(names, append([]byte(key), 0, byte(number>>8), byte(number)))
	id[6] = id[6]&0x0f | 0x40
	return id
}

// A Task is what Runware knows of an order.
type Task struct {
	ID         uuid.UUID
	Known      bool // the answer spoke of it
	Done       bool
	URL        string // of the picture, once done
	CostMicros int64
}

// Submit orders a picture under a name. A nil error, or one with the code
// Conflict, means that the order stands: Conflict, that it was accepted earlier.
func (r *RunwareClient) Submit(ctx context.Context, id uuid.UUID, req Request) (Task, error) {
	if utf8.RuneCountInString(req.Prompt) > longestPrompt {
		return Task{}, igny8.Errorf(igny8.TooLarge, "The image prompt is longer than the %d characters that Runware accepts", longestPrompt)
	}
	width, height := dimensions(req.Width, req.Height)
	return r.task(ctx, id, inference{
		TaskType: "imageInference", TaskUUID: id.String(),
		Prompt: req.Prompt, Negative: req.NegativePrompt,
		Model: cmp.Or(req.Model, defaultModel), Width: width, Height: height, Number: 1,
		OutputType: "URL", OutputFormat: "JPG", Delivery: "async", Cost: true,
		Safety: &safety{Check: true},
	})
}

// Result looks at an order. A Task that isn't Done is not finished; one that isn't
// Known is not known there, or not yet. Of an error, Failed says whether the order itself came to nothing.
func (r *RunwareClient) Result(ctx context.Context, id uuid.UUID) (Task, error) {
	return r.task(ctx, id, inference{TaskType: lookup, TaskUUID: id.String()})
}

const (
	lookup        = "getResponse"
	longestPrompt = 3000
	defaultModel  = "runware:101@1" // FLUX.1 dev
)

type inference struct {
	TaskType     string  `json:"taskType"`
	TaskUUID     string  `json:"taskUUID"`
	Prompt       string  `json:"positivePrompt,omitempty"`
	Negative     string  `json:"negativePrompt,omitempty"`
	Model        string  `json:"model,omitempty"`
	Width        int     `json:"width,omitempty"`
	Height       int     `json:"height,omitempty"`
	Number       int     `json:"numberResults,omitempty"`
	OutputType   string  `json:"outputType,omitempty"`
	OutputFormat string  `json:"outputFormat,omitempty"`
	Delivery     string  `json:"deliveryMethod,omitempty"`
	Cost         bool    `json:"includeCost,omitempty"`
	Safety       *safety `json:"safety,omitempty"`
}

type safety struct {
	Check bool `json:"checkContent"`
}

// dimensions are the nearest that Runware takes: multiples of 64 from 512 to
// 2,048.
func dimensions(width, height int) (int, int) {
	fit := func(n int) int {
		if n <= 0 {
			n = 1024
		}
		return min(max(int(math.Round(float64(n)/64))*64, 512), 2048)
	}
	return fit(width), fit(height)
}

func (r *RunwareClient) task(ctx context.Context, id uuid.UUID, task inference) (Task, error) {
	if err := r.config.check(); err != nil {
		return Task{}, err
	}
	body, err := json.Marshal([]inference{task})
	if err != nil {
		return Task{}, fail(igny8.Invalid, 0, err)
	}
	reply, err := r.config.post(ctx, r.config.BaseURL, body)
	if igny8.CodeOf(err) == igny8.Unknown && task.TaskType == lookup {
		err = igny8.Wrap(igny8.Unavailable, err, "The image provider did not finish its reply") // a look changes nothing
	}
	if err != nil {
		return Task{ID: id}, err
	}
	return parseTask(reply, id, task.TaskType == lookup, time.Now())
}

// Ping tests the key. The codes are those of Client; a good key at an account
// without money is NoQuota only where Runware says so when it signs us in.
func (r *RunwareClient) Ping(ctx context.Context) error {
	if err := r.config.check(); err != nil {
		return err
	}
	body, err := json.Marshal([]map[string]string{{"taskType": "authentication", "apiKey": r.config.Key.Reveal()}})
	if err != nil {
		return fail(igny8.Invalid, 0, err)
	}
	reply, err := r.config.post(ctx, r.config.BaseURL, body)
	switch {
	case igny8.CodeOf(err) == igny8.Unknown: // signing in changes nothing
		return igny8.Wrap(igny8.Unavailable, err, "The image provider did not finish its reply")
	case err != nil:
		return err
	}
	answer, err := parseAnswer(reply, time.Now())
	if err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return answer.Errors[0].fail(reply, time.Now())
	}
	for _, d := range answer.Data {
		if d.TaskType == "authentication" {
			return nil
		}
	}
	return igny8.Errorf(igny8.Malformed, "The address answers, but not as Runware does; check it")
}

// Fetch downloads the picture of a finished task, and looks whether it is one.
// The key is not sent along. A Fetch can be repeated freely.
func (r *RunwareClient) Fetch(ctx context.Context, task Task) (Picture, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, task.URL, nil)
	if err != nil {
		return Picture{}, fail(igny8.Malformed, 0, cause(200, "url"))
	}
	reply, err := outbound.Do(r.config.client(), req, outbound.MaxPicture, "the image provider's file server")
	if err != nil {
		return Picture{}, err
	}
	after := outbound.After(reply.Header, "", time.Now())
	switch s := reply.Status; {
	case s == 200:
	case s == 408, s == 425, s == 429:
		return Picture{}, fail(igny8.Busy, after, cause(s))
	case s >= 500:
		return Picture{}, fail(igny8.Unavailable, after, cause(s))
	default: // expired, or never there
		return Picture{}, fail(igny8.Malformed, 0, cause(s))
	}
	picture, err := Decode(reply.Body)
	picture.Provider, picture.CostMicros, picture.RequestID = "runware", task.CostMicros, task.ID.String()
	return picture, err
}

const (
	maxTasks   = 8  // so many orders that came to nothing does Generate pass by for one key
	maxSilence = 15 // so many looks in a row may not speak of an order before it counts as lost
)

// Generate orders the picture, unless it was ordered before, waits for it until
// the context ends, and downloads it. When the context ends too early the code is
// Unknown: the next call with the same key finds the order and goes on. One call
// makes at most one new order, and only where the earlier ones came to nothing.
func (r *RunwareClient) Generate(ctx context.Context, req Request) (Picture, error) {
	for number := range maxTasks {
		id := TaskID(req.Key, number)
		_, err := r.Submit(ctx, id, req)
		earlier := igny8.CodeOf(err) == igny8.Conflict
		if err != nil && !earlier {
			return Picture{RequestID: id.String()}, err
		}
		task, err := r.wait(ctx, id)
		if earlier && Failed(err) && worthAnother(igny8.CodeOf(err)) {
			continue
		}
		if err != nil {
			return Picture{RequestID: id.String(), CostMicros: task.CostMicros}, err
		}
		picture, err := r.Fetch(ctx, task)
		if earlier && igny8.CodeOf(err) == igny8.Malformed {
			continue // damaged, or no longer kept
		}
		picture.Model = cmp.Or(req.Model, defaultModel)
		return picture, err
	}
	return Picture{}, igny8.Errorf(igny8.Exhausted, "The image provider failed at this picture %d times", maxTasks)
}

// wait looks at an order until it is done or has failed.
func (r *RunwareClient) wait(ctx context.Context, id uuid.UUID) (Task, error) {
	pause := time.NewTimer(r.config.Poll)
	defer pause.Stop()
	for silent := 0; silent < maxSilence; {
		select {
		case <-ctx.Done():
			return Task{}, unfinished(ctx)
		case <-pause.C:
		}
		task, err := r.Result(ctx, id)
		switch {
		case err != nil && ctx.Err() != nil:
			return task, unfinished(ctx)
		case err != nil, task.Done:
			return task, err
		case task.Known:
			silent = 0
		default:
			silent++
		}
		pause.Reset(2 * r.config.Poll)
	}
	return Task{}, igny8.Wrap(igny8.Unavailable, came{errors.New("data: []")}, "The image provider lost the order")
}

// unfinished says that an order stands for which there was no more time.
func unfinished(ctx context.Context) error {
	return igny8.Wrap(igny8.Unknown, ctx.Err(), "The picture was not finished in time; it may be later")
}
