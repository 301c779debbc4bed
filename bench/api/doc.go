// Package api measures the API on an account with 100,000 keywords, each figure
// in one run beside the same done with nothing but pgx or COPY. See README.md.
package api
