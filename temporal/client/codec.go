package client

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/igny8/igny8"
)

const (
	encoding = "binary/encrypted" // what the Temporal UI shows of what it can't read
	keyField = "encryption-key-id"
)

// Keys encrypt the payloads of histories with AES-256-GCM. The first key
// encrypts; all of them decrypt, so a key is rotated by putting a new one before
// it, and dropped when the namespace's retention has passed. Each payload names
// its key. The nonce is random: a key is good for 2^32 payloads (NIST SP
// 800-38D, 8.3).
type Keys struct {
	first string
	byID  map[string]cipher.AEAD
}

var _ converter.PayloadCodec = (*Keys)(nil)

// ParseKeys reads keys of the form "id:key,id:key", each key 32 bytes in base64.
// The empty text is no keys: nil.
func ParseKeys(text igny8.Secret) (*Keys, error) {
	if strings.TrimSpace(text.Reveal()) == "" {
		return nil, nil
	}
	k := &Keys{byID: make(map[string]cipher.AEAD)}
	for part := range strings.SplitSeq(text.Reveal(), ",") {
		id, encoded, _ := strings.Cut(strings.TrimSpace(part), ":")
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(key) != 32 || id == "" {
			return nil, igny8.Errorf(igny8.Invalid, "The payload keys must read id:key,id:key with keys of 32 bytes in base64, such as: openssl rand -base64 32")
		}
		if k.byID[id] != nil {
			return nil, igny8.Errorf(igny8.Invalid, "There are two payload keys with the ID %q", id)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("payload key %q: %w", id, err)
		}
		if k.byID[id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("payload key %q: %w", id, err)
		}
		if k.first == "" {
			k.first = id
		}
	}
	return k, nil
}

// Encode encrypts each payload, metadata included. What is encrypted already
// stays as it is.
func (k *Keys) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, k.encrypt)
}

// Decode decrypts each payload; one that was never encrypted stays as it is, so
// encryption can be turned on while workflows run. An error leaves the reader
// without any.
func (k *Keys) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, k.decrypt)
}

func each(payloads []*commonpb.Payload, do func(*commonpb.Payload) (*commonpb.Payload, error)) ([]*commonpb.Payload, error) {
	done := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		var err error
		if done[i], err = do(p); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func encrypted(p *commonpb.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == encoding
}

func (k *Keys) encrypt(p *commonpb.Payload) (*commonpb.Payload, error) {
	if encrypted(p) {
		return p, nil
	}
	plain, err := proto.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encrypt a payload: %w", err)
	}
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding), keyField: []byte(k.first)},
		Data:     k.byID[k.first].Seal(nil, nil, plain, []byte(k.first)),
	}, nil
}

func (k *Keys) decrypt(p *commonpb.Payload) (*commonpb.Payload, error) {
	if !encrypted(p) {
		return p, nil
	}
	id := string(p.GetMetadata()[keyField])
	aead := k.byID[id]
	if aead == nil {
		return nil, igny8.Errorf(igny8.NotConfigured, "The payload was encrypted with the key %q, which is not among the configured ones", id)
	}
	plain, err := aead.Open(nil, nil, p.GetData(), []byte(id))
	if err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The payload was not encrypted with our key %q, or was changed since", id)
	}
	decoded := new(commonpb.Payload)
	if err := proto.Unmarshal(plain, decoded); err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The payload is damaged")
	}
	return decoded, nil
}
