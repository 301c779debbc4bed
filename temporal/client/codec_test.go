package client_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
)

var (
	oldKey = "old:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	newKey = "new:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{2}, 32))
)

func keys(t testing.TB, text ...string) *client.Keys {
	k, err := client.ParseKeys(igny8.Secret(strings.Join(text, ", ")))
	require.NoError(t, err)
	return k
}

func payload(data string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}
}

func TestEverythingComesBack(t *testing.T) {
	t.Parallel()
	k := keys(t, newKey, oldKey)
	rapid.Check(t, func(t *rapid.T) {
		var plain []*commonpb.Payload
		for range rapid.IntRange(0, 4).Draw(t, "payloads") {
			plain = append(plain, &commonpb.Payload{
				Metadata: rapid.MapOfN(rapid.StringMatching(`[a-z]{1,9}`), rapid.SliceOf(rapid.Byte()), 0, 3).Draw(t, "metadata"),
				Data:     rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
			})
		}
		sealed, err := k.Encode(plain)
		require.NoError(t, err)
		opened, err := k.Decode(sealed)
		require.NoError(t, err)
		require.Len(t, opened, len(plain))
		for i := range plain {
			require.True(t, proto.Equal(plain[i], opened[i]), "%v became %v", plain[i], opened[i])
		}
	})
}

func TestSealedTellsNothingAndIsNeverSealedTwice(t *testing.T) {
	t.Parallel()
	k := keys(t, newKey)
	sealed, err := k.Encode([]*commonpb.Payload{payload("a secret plan"), payload("a secret plan")})
	require.NoError(t, err)
	wire, err := proto.Marshal(&commonpb.Payloads{Payloads: sealed})
	require.NoError(t, err)
	require.NotContains(t, string(wire), "secret")
	require.NotEqual(t, sealed[0].Data, sealed[1].Data, "equal payloads must not look equal")
	again, err := k.Encode(sealed)
	require.NoError(t, err)
	require.Equal(t, sealed, again)
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before, err := keys(t, oldKey).Encode([]*commonpb.Payload{payload("x")})
	require.NoError(t, err)
	rotated := keys(t, newKey, oldKey)
	opened, err := rotated.Decode(before)
	require.NoError(t, err)
	require.Equal(t, "x", string(opened[0].Data))
	after, err := rotated.Encode(opened)
	require.NoError(t, err)
	require.Equal(t, "new", string(after[0].Metadata["encryption-key-id"]))
	_, err = keys(t, oldKey).Decode(after)
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))

	plain := []*commonpb.Payload{payload("from before there were keys")}
	opened, err = rotated.Decode(plain)
	require.NoError(t, err)
	require.Equal(t, plain, opened)
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	none, err := client.ParseKeys(" ")
	require.NoError(t, err)
	require.Nil(t, none)
	for _, bad := range []string{"x", "id:", "id:AAAA", ":" + newKey, newKey + "," + newKey, newKey + ",", "a:b:" + newKey} {
		_, err := client.ParseKeys(igny8.Secret(bad))
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err), bad)
		require.NotContains(t, err.Error(), strings.TrimPrefix(newKey, "new:"), "an error tells no key")
	}
}

// Whatever is in a history, decoding neither panics nor makes something up:
// what is called encrypted opens only if it is what we sealed.
func FuzzDecode(f *testing.F) {
	k := keys(f, newKey, oldKey)
	sealed, err := k.Encode([]*commonpb.Payload{payload("x")})
	require.NoError(f, err)
	f.Add("binary/encrypted", "new", sealed[0].Data)
	f.Add("binary/encrypted", "old", sealed[0].Data)
	f.Add("binary/encrypted", "", []byte(nil))
	f.Add("json/plain", "new", []byte("x"))
	f.Fuzz(func(t *testing.T, encoding, id string, data []byte) {
		p := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding), "encryption-key-id": []byte(id)}, Data: data}
		opened, err := k.Decode([]*commonpb.Payload{p})
		switch {
		case encoding != "binary/encrypted":
			require.NoError(t, err)
			require.Same(t, p, opened[0])
		case err == nil: // nobody but us can seal, and we sealed one thing
			require.Equal(t, "x", string(opened[0].Data))
		default:
			require.Nil(t, opened)
		}
	})
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	t.Parallel()
	k := keys(t, newKey)
	sealed, err := k.Encode([]*commonpb.Payload{payload("x")})
	require.NoError(t, err)
	for i := range sealed[0].Data {
		changed := proto.CloneOf(sealed[0])
		changed.Data[i] ^= 1
		_, err := k.Decode([]*commonpb.Payload{changed})
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	}
}

func TestFailuresAreEncryptedAndKeepTheirCode(t *testing.T) {
	t.Parallel()
	_, failures := client.Converters(keys(t, newKey))
	sent := failures.ErrorToFailure(temporal.Failure(&igny8.Error{Code: igny8.Refused, Message: "the topic is secret", Field: "secret-field"}))
	wire, err := proto.Marshal(sent)
	require.NoError(t, err)
	require.NotContains(t, string(wire), "secret")
	got := temporal.ErrorOf(failures.FailureToError(sent))
	require.Equal(t, igny8.Refused, got.Code)
	require.Equal(t, "the topic is secret", got.Message)
	require.Equal(t, "secret-field", got.Field)

	_, plain := client.Converters(nil)
	require.Equal(t, "readable", plain.ErrorToFailure(errors.New("readable")).Message)
}

func TestCodecHandler(t *testing.T) {
	t.Parallel()
	const ui = "http://127.0.0.1:8233"
	k := keys(t, newKey)
	handler := client.CodecHandler(k, ui)
	sealed, err := k.Encode([]*commonpb.Payload{payload(`"hello"`)})
	require.NoError(t, err)
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: sealed})
	require.NoError(t, err)
	call := func(method, origin string, body []byte) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "/decode", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}

	for _, origin := range []string{ui, ""} {
		w := call(http.MethodPost, origin, body)
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, origin, w.Header().Get("Access-Control-Allow-Origin"))
		var opened commonpb.Payloads
		require.NoError(t, protojson.Unmarshal(w.Body.Bytes(), &opened))
		require.Equal(t, `"hello"`, string(opened.Payloads[0].Data))
	}

	w := call(http.MethodOptions, ui, nil)
	require.Equal(t, http.StatusNoContent, w.Code)
	require.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), "X-Namespace")

	for _, origin := range []string{"http://evil.example", "null", ui + ".evil.example"} {
		w := call(http.MethodPost, origin, body)
		require.Equal(t, http.StatusForbidden, w.Code)
		require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
		require.NotContains(t, w.Body.String(), "payloads\"")
	}
	require.Equal(t, http.StatusBadRequest, call(http.MethodPost, ui, []byte("{")).Code)
	require.GreaterOrEqual(t, call(http.MethodPost, ui, bytes.Repeat([]byte(" "), 9<<20)).Code, 400)
}
