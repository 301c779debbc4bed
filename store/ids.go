package store

import (
	"encoding"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// idCodec reads a uuid's bytes as they come, and sends them so. pgx would make
// text of them for an ID, and the ID read that.
type idCodec struct{ pgtype.UUIDCodec }

// PlanScan prefers the bytes.
func (c idCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(encoding.BinaryUnmarshaler); ok && format == pgtype.BinaryFormatCode {
		return bytesPlan{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

// PlanEncode prefers the bytes.
func (c idCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(encoding.BinaryMarshaler); ok && format == pgtype.BinaryFormatCode {
		return bytesPlan{}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

type bytesPlan struct{}

// Scan leaves the target as it is where there is null, as uuid.UUID's does.
func (bytesPlan) Scan(src []byte, target any) error {
	if src == nil {
		return nil
	}
	return target.(encoding.BinaryUnmarshaler).UnmarshalBinary(src)
}

// Encode appends the bytes. What has none is null.
func (bytesPlan) Encode(value any, to []byte) ([]byte, error) {
	bytes, err := value.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil || len(bytes) == 0 {
		return nil, err
	}
	return append(to, bytes...), nil
}

// readIDs tells a connection how.
func readIDs(c *pgx.Conn) {
	c.TypeMap().RegisterType(&pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: idCodec{}})
}
