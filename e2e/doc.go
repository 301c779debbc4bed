// Package e2e has tests that start the built program and are its clients: a
// terminal, a user of the API, a reader of the site, an operator of the engine.
// They link nothing of the embedded server, so the race detector covers them.
//
//	make build && go test ./e2e
//
// IGNY8_BIN names another program than ../bin/igny8. With IGNY8_HISTORIES, the
// name of a directory, the histories of the runs are kept there, for the replay
// tests of package workflows.
package e2e
