package client

import (
	"net/http"
	"slices"

	"go.temporal.io/sdk/converter"
)

// largestRequest is more than a frontend's largest message (4 MB), in base64.
const largestRequest = 8 << 20

// CodecHandler lets the Temporal UI at one of the origins, in an operator's
// browser, read and write encrypted payloads: POST …/decode and …/encode. It
// decrypts for whoever reaches it, so it is served on loopback or behind the
// operators' sign-in only. Pages of other origins are refused.
func CodecHandler(keys *Keys, origins ...string) http.Handler {
	var codecs []converter.PayloadCodec
	if keys != nil {
		codecs = append(codecs, keys)
	}
	codec := converter.NewPayloadCodecHTTPHandler(codecs...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Origin")
		// A browser always says where a POST to another origin comes from; the
		// command-line tool says nothing.
		if origin := r.Header.Get("Origin"); origin != "" {
			if !slices.Contains(origins, origin) {
				http.Error(w, "This origin may not read payloads.", http.StatusForbidden)
				return
			}
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Allow-Methods", http.MethodPost)
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace")
			h.Set("Access-Control-Allow-Private-Network", "true")
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largestRequest)
		codec.ServeHTTP(w, r)
	})
}
