// Package sql holds the schema and the queries. The migrations travel in the
// binary; the queries are turned into package store by sqlc.
package sql

import "embed"

// Migrations are applied in the order of their names, and only go up.
//
//go:embed migrations/*.sql
var Migrations embed.FS
