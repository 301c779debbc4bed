package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities"
)

// furnish gives the demo's account what a team has after its first days: voices
// to write in, a strategy, a prompt of its own, a schedule, a key. It is done by
// the API, as the account's owner would, when the first run is over: that run
// asks as every account's first does. The schedule is paused, so that nothing
// begins by itself.
func (p *platform) furnish(ctx context.Context, at place, address string) (err error) {
	content, err := activities.DefaultPrompt(igny8.Writing)
	if err != nil {
		return err
	}
	c := caller{address: address}
	var session struct {
		Data struct {
			Token string `json:"access_token"`
		} `json:"data"`
	}
	if err := c.post(ctx, "auth/login/", map[string]any{"email": demoEmail, "password": demoPassword}, &session); err != nil {
		return err
	}
	c.token = session.Data.Token
	for _, made := range []struct {
		path string
		body map[string]any
	}{
		{"system/author-profiles/", map[string]any{"name": "The tester", "tone": "exact, a little dry", "language": "en", "description": "Weighs, times and tastes before a word is written. Says what a thing costs and what it can't do.",
			"banned_words": []string{"game-changer", "must-have", "revolutionary"}}},
		{"system/author-profiles/", map[string]any{"name": "The barista", "tone": "warm, direct, never hurried", "language": "en", "description": "Ten years behind the counter. Explains as to a guest who asks at the bar.",
			"banned_words": []string{"delve", "unlock", "elevate"}, "is_default": true}},
		{"system/strategies/", map[string]any{"sector_id": at.sector.ID, "name": "Better coffee in small kitchens", "active": true, "prompt_types": []string{"ideas", "content"},
			"description": "For people who brew at home with little room and a limited budget. Each article helps with one decision or one habit, and names the cheapest thing that does the job."}},
		{"system/prompts/", map[string]any{"prompt_type": igny8.Writing, "prompt_value": content + "\n\nBegin with what the reader can do today. Leave history and definitions for later."}},
		{"automation/schedules/", map[string]any{"sector": at.sector.ID, "name": "Two articles on Mondays and Thursdays", "calendar": map[string]any{"day_of_week": []int{1, 4}, "hour": []int{6}, "minute": []int{0}},
			"time_zone": "Europe/Berlin", "mode": igny8.Review, "articles": 2, "max_credits": 60, "paused": true}},
		{"auth/api-keys/", map[string]any{"name": "The weekly report", "role": igny8.Viewer}},
		{"auth/logout/", map[string]any{}},
	} {
		if err := c.post(ctx, made.path, made.body, nil); err != nil {
			return err
		}
	}
	return nil
}

// A caller asks the API as a program would.
type caller struct {
	address string
	token   string // of a session, or empty
}

// post sends a body, and reads the answer into what is given for it.
func (c caller) post(ctx context.Context, path string, body, into any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address+"/api/v1/"+path, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "igny8 demo")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		var f struct {
			Message string `json:"message"`
		}
		_ = json.NewDecoder(res.Body).Decode(&f) // the status says enough
		return fmt.Errorf("POST %s: %s: %s", path, res.Status, f.Message)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}
