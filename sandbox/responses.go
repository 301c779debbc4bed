package sandbox

import (
	"fmt"
	"time"
)

// sell answers an ask and notes that it was paid for.
func (s *Sandbox) sell(r *request, a ask) (out outcome, in, given int) {
	out = a.result(r.fault)
	in, given = tokens(a.system+a.prompt)+8, tokens(out.text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(event{Text: &sale{Purpose: r.purpose, Key: r.call.Key, Input: in, Output: given}})
	return out, in, given
}

// answerID is the ID of an answer. It is new for every call, as at the API.
func (s *Sandbox) answerID(r *request, prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s_%s%04x", prefix, r.call.Key, s.world.effects.TextCalls)
}

// responses answers POST /responses.
func (s *Sandbox) responses(r *request) reply {
	a := askOf(r)
	if rep, wrong := a.wrong(); wrong {
		return rep
	}
	out, in, given := s.sell(r, a)
	content := map[string]any{"type": "output_text", "text": out.text, "annotations": []any{}, "logprobs": []any{}}
	if out.refused {
		content = map[string]any{"type": "refusal", "refusal": out.text}
	}
	status, incomplete := "completed", any(nil)
	if out.truncated {
		status, incomplete = "incomplete", map[string]any{"reason": "max_output_tokens"}
	}
	id := s.answerID(r, "resp")
	output := []any{map[string]any{"id": "msg" + id[4:], "type": "message", "status": status, "role": "assistant", "content": []any{content}}}
	if r.is(EmptyOutput) {
		output = []any{}
	}
	format := map[string]any{"type": "text"}
	if a.schema != nil {
		format = map[string]any{"type": "json_schema", "name": a.name, "strict": a.strict, "schema": a.schema.plain(), "description": nil}
	}
	now := time.Now().Unix()
	return jsonReply(200, map[string]any{
		"id": id, "object": "response", "created_at": now, "status": status, "background": false, "completed_at": now,
		"error": nil, "incomplete_details": incomplete, "instructions": orNull(a.system), "max_output_tokens": orNull(a.limit), "model": a.model,
		"output": output, "parallel_tool_calls": true, "previous_response_id": nil, "reasoning": map[string]any{"effort": nil, "summary": nil},
		"service_tier": "default", "store": true, "temperature": 1.0, "text": map[string]any{"format": format, "verbosity": "medium"},
		"tool_choice": "auto", "tools": []any{}, "top_p": 1.0, "truncation": "disabled", "user": nil, "metadata": map[string]any{},
		"usage": map[string]any{
			"input_tokens": in, "input_tokens_details": map[string]any{"cached_tokens": 0, "cache_write_tokens": 0},
			"output_tokens": given, "output_tokens_details": map[string]any{"reasoning_tokens": 0}, "total_tokens": in + given,
		},
	})
}

// chat answers POST /chat/completions.
func (s *Sandbox) chat(r *request) reply {
	a := askOf(r)
	if rep, wrong := a.wrong(); wrong {
		return rep
	}
	out, in, given := s.sell(r, a)
	message := map[string]any{"role": "assistant", "content": out.text, "refusal": nil, "annotations": []any{}}
	if out.refused {
		message["content"], message["refusal"] = nil, out.text
	}
	finish := "stop"
	if out.truncated {
		finish = "length"
	}
	choices := []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}}
	if r.is(EmptyOutput) {
		choices = []any{}
	}
	return jsonReply(200, map[string]any{
		"id": s.answerID(r, "chatcmpl"), "object": "chat.completion", "created": time.Now().Unix(), "model": a.model, "choices": choices,
		"service_tier": "default", "system_fingerprint": "fp_sandbox",
		"usage": map[string]any{
			"prompt_tokens": in, "completion_tokens": given, "total_tokens": in + given,
			"prompt_tokens_details":     map[string]any{"cached_tokens": 0, "audio_tokens": 0},
			"completion_tokens_details": map[string]any{"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
		},
	})
}

// orNull is v, or null for the zero value.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
