// Package client connects to a Temporal cluster, ours or another: with payloads
// and failures encrypted, and with what the product needs of a namespace.
package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"github.com/igny8/igny8"
)

// DefaultNamespace is the one that the product uses unless told otherwise.
const DefaultNamespace = "igny8"

// Options say which cluster, and how to speak to it.
type Options struct {
	Address   string       // host:port of the frontend
	Namespace string       // "" is DefaultNamespace
	Keys      *Keys        // encrypt what histories keep; nil leaves it readable
	TLS       *tls.Config  // nil is no TLS, for loopback and private networks
	APIKey    igny8.Secret // for clusters that want one
	Log       *slog.Logger // nil discards
}

// Dial connects to the cluster. The error is Unavailable if nobody answers at
// the address before ctx ends.
func Dial(ctx context.Context, o Options) (client.Client, error) {
	options := client.Options{
		HostPort:          o.Address,
		Namespace:         cmp.Or(o.Namespace, DefaultNamespace),
		Logger:            log.NewStructuredLogger(cmp.Or(o.Log, slog.New(slog.DiscardHandler))),
		ConnectionOptions: client.ConnectionOptions{TLS: o.TLS, GrpcCompression: &client.GrpcCompressionNone{}}, // the server is near, and what is encrypted gets no shorter
	}
	options.DataConverter, options.FailureConverter = Converters(o.Keys)
	if o.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(o.APIKey.Reveal())
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, igny8.Wrap(igny8.Unavailable, err, "The Temporal server at %s can't be reached. Check TEMPORAL_ADDRESS, and that it runs", o.Address)
	}
	return c, nil
}

// Converters returns what clients, workers and replayers of encrypted histories
// need. With nil keys both are the SDK's own.
func Converters(keys *Keys) (converter.DataConverter, converter.FailureConverter) {
	data := converter.GetDefaultDataConverter()
	if keys != nil {
		data = converter.NewCodecDataConverter(data, keys)
	}
	return data, temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          data,
		EncodeCommonAttributes: keys != nil, // else messages of errors would be readable
	})
}
