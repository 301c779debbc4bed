package sandbox

import (
	"bytes"
	"encoding/base64"
	"image"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func order(id string, more ...any) []map[string]any {
	t := map[string]any{
		"taskType": "imageInference", "taskUUID": id, "positivePrompt": "A moka pot, close-up", "model": "runware:101@1", "width": 1024, "height": 768,
		"outputType": "URL", "outputFormat": "JPG", "includeCost": true, "numberResults": 1,
	}
	for i := 0; i+1 < len(more); i += 2 {
		t[more[i].(string)] = more[i+1]
	}
	return []map[string]any{t}
}

func look(id string) []map[string]any {
	return []map[string]any{{"taskType": "getResponse", "taskUUID": id}}
}

// parts are the data and errors of an answer.
func parts(t *testing.T, g got) (data, errors []any) {
	t.Helper()
	m := g.object(t)
	data, _ = m["data"].([]any)
	errors, _ = m["errors"].([]any)
	return data, errors
}

func field(v any, name string) any { return v.(map[string]any)[name] }

const runwareKey = "Bearer a-key"

func TestRunwareTaskFromOrderToPicture(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{Latency: Latency{Image: 30 * time.Millisecond}})
	id := uuid.NewString()
	ask := func(body any) got { return call(t, "POST", url+RunwarePath, body, "Authorization", runwareKey) }

	data, errors := parts(t, ask(order(id, "deliveryMethod", "async")))
	require.Empty(t, errors)
	require.Equal(t, id, field(data[0], "taskUUID"))
	require.Nil(t, field(data[0], "imageURL"))

	again := ask(order(id, "deliveryMethod", "async"))
	require.Equal(t, 400, again.status)
	data, errors = parts(t, again)
	require.Empty(t, data)
	require.Equal(t, "conflictTaskUUID", field(errors[0], "code"))

	data, _ = parts(t, ask(look(id)))
	for field(data[0], "status") == "processing" {
		data, _ = parts(t, ask(look(id)))
	}
	require.Equal(t, "success", field(data[0], "status"))
	require.Greater(t, field(data[0], "cost"), 0.0)
	picture := call(t, "GET", field(data[0], "imageURL").(string), nil)
	img, format, err := image.Decode(bytes.NewReader(picture.body))
	require.NoError(t, err)
	require.Equal(t, "jpeg", format)
	require.Equal(t, image.Pt(1024, 768), img.Bounds().Size())

	data, errors = parts(t, ask(look(uuid.NewString())))
	require.Empty(t, data, "nothing is known of a task that was never ordered")
	require.Empty(t, errors)
	require.Equal(t, map[string]int{id: 1}, s.Effects().ImagesByKey)
}

func TestRunwareSync(t *testing.T) {
	t.Parallel()
	_, url := start(t, Options{})
	data, _ := parts(t, call(t, "POST", url+RunwarePath, order(uuid.NewString(), "outputType", "base64Data", "outputFormat", "PNG", "numberResults", 2), "Authorization", runwareKey))
	require.Len(t, data, 2)
	first, err := base64.StdEncoding.DecodeString(field(data[0], "imageBase64Data").(string))
	require.NoError(t, err)
	_, format, err := image.Decode(bytes.NewReader(first))
	require.NoError(t, err)
	require.Equal(t, "png", format)
	require.NotEqual(t, field(data[0], "imageBase64Data"), field(data[1], "imageBase64Data"))
}

func TestRunwareRefusals(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	for _, c := range []struct {
		key    string
		body   any
		status int
		code   string
	}{
		{"", order(uuid.NewString()), 401, "invalidApiKey"},
		{"Bearer bad", order(uuid.NewString()), 401, "invalidApiKey"},
		{"Bearer nocredits", order(uuid.NewString()), 402, "insufficientCredits"},
		{runwareKey, order("not-a-uuid"), 400, "invalidTaskUUID"},
		{runwareKey, order(uuid.NewString(), "width", 1000), 400, "invalidWidth"},
		{runwareKey, order(uuid.NewString(), "model", ""), 400, "invalidModel"},
		{runwareKey, order(uuid.NewString(), "positivePrompt", ""), 400, "invalidPositivePrompt"},
		{runwareKey, []map[string]any{{"taskType": "juggling"}}, 400, "invalidTaskType"},
		{runwareKey, map[string]any{}, 400, "invalidRequest"},
	} {
		g := call(t, "POST", url+RunwarePath, c.body, "Authorization", c.key)
		_, errors := parts(t, g)
		require.Equal(t, c.code, field(errors[0], "code"))
		require.Equal(t, c.status, g.status)
	}
	require.Zero(t, s.Effects().Images)
	hello := call(t, "POST", url+RunwarePath, []map[string]any{{"taskType": "authentication", "apiKey": "a-key"}, {"taskType": "ping", "ping": true}})
	data, _ := parts(t, hello)
	require.Contains(t, string(hello.body), "connectionSessionUUID")
	require.Equal(t, true, field(data[1], "pong"))
}

// TestDownloadsAndPagesAreCalls breaks the download of a picture and the visit
// to a page.
func TestDownloadsAndPagesAreCalls(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{Script: []Fault{
		{Kind: NotImage, Match: Match{Purpose: "image.download"}},
		{Kind: Error503, Match: Match{Purpose: "page.read"}},
	}})
	data, _ := parts(t, call(t, "POST", url+RunwarePath, order(uuid.NewString()), "Authorization", runwareKey))
	address := field(data[0], "imageURL").(string)
	_, _, err := image.Decode(bytes.NewReader(call(t, "GET", address, nil).body))
	require.ErrorIs(t, err, image.ErrFormat)
	_, _, err = image.Decode(bytes.NewReader(call(t, "GET", address, nil).body))
	require.NoError(t, err)
	require.Equal(t, 503, call(t, "GET", url+"/wp/", nil).status)
	require.Equal(t, 200, call(t, "GET", url+"/wp/", nil).status)
	require.Len(t, s.Calls(), 5)
}
