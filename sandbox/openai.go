package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// openai is the provider behind OpenAIPath. Every Bearer key is good but those
// that begin with "sk-bad" (401) and "sk-noquota" (429 insufficient_quota).
func (s *Sandbox) openai() provider {
	return provider{
		classify: func(r *request) (string, string) {
			path := strings.TrimPrefix(r.URL.Path, OpenAIPath)
			switch path {
			case "/responses", "/chat/completions":
				return path, purposeOf(askOf(r).schema)
			case "/images/generations":
				return path, "image"
			case "/embeddings":
				return path, "embedding"
			}
			return path, "models"
		},
		latency: func(r *request) time.Duration {
			switch l := s.latency(); r.purpose {
			case "models", "embedding":
				return 0
			case "image":
				return l.Image
			default:
				return l.Text
			}
		},
		refuse: refuseOpenAI,
		answer: func(r *request) reply { return limits(r, s.answerOpenAI(r)) },
	}
}

func (s *Sandbox) latency() Latency {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options.Latency
}

func (s *Sandbox) answerOpenAI(r *request) reply {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok || key == "":
		return openaiError(401, "invalid_request_error", "", "", "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
	case strings.HasPrefix(key, "sk-bad"):
		return badKey(key)
	}
	paid := r.Method == http.MethodPost
	if paid && strings.HasPrefix(key, "sk-noquota") {
		return noQuota()
	}
	switch r.Method + " " + r.path {
	case "POST /responses":
		return s.responses(r)
	case "POST /chat/completions":
		return s.chat(r)
	case "POST /images/generations":
		return s.images(r)
	case "POST /embeddings":
		return s.embeddings(r)
	case "GET /models":
		return models()
	}
	if model, ok := strings.CutPrefix(r.path, "/models/"); ok && r.Method == http.MethodGet {
		return oneModel(model)
	}
	return openaiError(404, "invalid_request_error", "", "", fmt.Sprintf("Invalid URL (%s %s)", r.Method, r.URL.Path))
}

// openaiError is an error in the shape of the API. An empty code or param is
// null.
func openaiError(status int, kind, code, param, message string) reply {
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return jsonReply(status, map[string]any{"error": map[string]any{"message": message, "type": kind, "param": null(param), "code": null(code)}})
}

func badKey(key string) reply {
	shown := key
	if len(shown) > 8 {
		shown = shown[:3] + strings.Repeat("*", 8) + shown[len(shown)-4:]
	}
	return openaiError(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+shown+". You can find your API key at https://platform.openai.com/account/api-keys.")
}

func noQuota() reply {
	return openaiError(429, "insufficient_quota", "insufficient_quota", "", "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.")
}

// refuseOpenAI is what a fault has the API say instead of answering.
func refuseOpenAI(r *request) (reply, bool) {
	var rep reply
	switch r.fault.Kind {
	case RateLimited:
		rep = openaiError(429, "requests", "rate_limit_exceeded", "", "Rate limit reached for sandbox on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 1.78s. Visit https://platform.openai.com/account/rate-limits to learn more.")
		r.fault.setRetry(rep.header, "1")
	case NoQuota:
		rep = noQuota()
	case Unauthorized:
		rep = badKey("sk-revoked-0000")
	case Fatal:
		rep = openaiError(500, "server_error", "server_error", "", "The server had an error while processing your request. Sorry about that!")
	case Maintenance:
		rep = openaiError(503, "service_unavailable_error", "", "", "The engine is currently overloaded, please try again later.")
		r.fault.setRetry(rep.header, "")
	case Moderated:
		rep = jsonReply(400, map[string]any{"error": map[string]any{
			"message": "Your request was rejected by the safety system.", "type": "image_generation_user_error", "param": nil, "code": "moderation_blocked",
			"moderation_details": map[string]any{"moderation_stage": "input", "categories": []string{"violence"}},
		}})
		if r.purpose != "image" {
			rep = openaiError(400, "invalid_request_error", "content_policy_violation", "", "Your request was rejected as a result of our safety system.")
		}
	default:
		return reply{}, false
	}
	return limits(r, rep), true
}

// limits adds the headers that every answer of the API has.
func limits(r *request, rep reply) reply {
	for k, v := range map[string]string{
		"x-request-id": "req_" + r.call.Key, "openai-version": "2020-10-01", "openai-processing-ms": "12",
		"x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-requests": "4999", "x-ratelimit-reset-requests": "12ms",
		"x-ratelimit-limit-tokens": "2000000", "x-ratelimit-remaining-tokens": "1998500", "x-ratelimit-reset-tokens": "45ms",
	} {
		rep.header.Set(k, v)
	}
	return rep
}

// modelNames are the models that GET /models lists. Calls may name any model
// but one that begins with "missing".
var modelNames = []string{"gpt-5.2", "gpt-5.2-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini", "gpt-image-1", "gpt-image-1-mini", "dall-e-3", "text-embedding-3-small"}

func model(name string) map[string]any {
	return map[string]any{"id": name, "object": "model", "created": 1735689600, "owned_by": "sandbox"}
}

func models() reply {
	list := make([]any, len(modelNames))
	for i, name := range modelNames {
		list[i] = model(name)
	}
	return jsonReply(200, map[string]any{"object": "list", "data": list})
}

func oneModel(name string) reply {
	if strings.HasPrefix(name, "missing") {
		return modelNotFound(name)
	}
	return jsonReply(200, model(name))
}

func modelNotFound(name string) reply {
	return openaiError(404, "invalid_request_error", "model_not_found", "model", fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", name))
}

// tokens is about how many tokens a text has.
func tokens(s string) int { return (len(s) + 3) / 4 }
