# Everything is set up by the targets that need it: `make run` on a machine
# with Go, Node 20 with npm, gcc and git is enough.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .deps/bin
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# What the lock file says, and nothing else. (npm ci would also insist on the packages
# of other platforms, which not every registry has.)
NPM_CI := npm install --no-save --no-audit --no-fund --loglevel=error

# What links the embedded Temporal server; arch_test.go holds that nothing else does.
SERVER_PACKAGES := ^github.com/igny8/igny8/(cmd|temporal/devserver)(/|$$)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# ── the product ──────────────────────────────────────────────────────────────

.PHONY: run demo dev build clean
run: build postgres ## Build and run everything here, with a demo account and the sandbox providers
	@exec bin/igny8 up --demo

demo: build postgres ## The same on throw-away data and free ports; exits after the summary
	@exec bin/igny8 demo

dev: build postgres ## igny8 up, and the web pages with hot reload on port 8021
	@if [ -f web/package.json ]; then \
	  bin/igny8 up & up=$$!; trap 'kill $$up 2>/dev/null || true; wait $$up || true' EXIT; \
	  cd web && npm run dev -- --port 8021 --strictPort; \
	else exec bin/igny8 up; fi

build: web ## Build bin/igny8 (and the web pages in it)
	@command -v go >/dev/null || { echo "Go is needed to build this: https://go.dev/dl" >&2; exit 1; }
	@[ -x bin/igny8 ] || echo "Building the embedded Temporal server: the first build takes about five minutes, later ones seconds."
	@go build -v -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/igny8 ./cmd/igny8 2>&1 | $(COUNTED)

# `go build -v` names each package it compiles, a fetch each module: a line for
# every hundred says that it goes on, and everything else is let through.
COUNTED := awk '/^go: downloading /{d++; if (d%100==0) print "  " d " modules fetched"; next} \
  /^[a-z0-9][A-Za-z0-9._~\/-]*$$/{c++; if (c%200==0) print "  " c " packages compiled"; next} {print} {fflush()}'

clean: ## Remove what was built (not the data, not the tools)
	rm -rf bin dist coverage web/dist .deps/test

# ── what the product needs ───────────────────────────────────────────────────

.PHONY: web postgres
ifneq ($(wildcard web/package.json),)
web: web/dist/index.html
web/dist/index.html: web/node_modules/.package-lock.json $(shell git ls-files -co --exclude-standard web 2>/dev/null)
	@echo "Building the web pages."
	@cd web && npm run build --silent
	@touch $@
else
web:
endif

# PostgreSQL's programs: the system's where it has version 15 or newer, else npm's.
postgres:
	@[ -n "$${DATABASE_URL:-}" ] && exit; \
	for program in /usr/lib/postgresql/*/bin/postgres; do \
	  version=$${program#/usr/lib/postgresql/}; version=$${version%%/*}; \
	  [ -x "$$program" ] && [ "$${version%%.*}" -ge 15 ] && exit; done; \
	exec $(MAKE) tools/postgres/node_modules/.package-lock.json

# A real WordPress, which publishing is tested on. Where none can be had its tests
# are left out, and with CI set that is a failure.
.PHONY: wordpress
wordpress: .deps/wordpress/users.json ## Set up WordPress for the tests, without Docker or root
.deps/wordpress/users.json: $(wildcard tools/wordpress/* tools/wordpress/*/*)
	@tools/wordpress/set-up $(@D) || [ -z "$${CI:-}" ]

# A Chromium for the tests of the pages: the system's, else npm's, which is for Linux
# on 64-bit x86. Elsewhere they are left out, and with CI set that is a failure.
.PHONY: browser
browser: web/node_modules/.package-lock.json ## Find or fetch a Chromium for the tests of the web pages
	@found=$$(cd web && node e2e/browser.mjs) && exit; \
	case "$$(uname -sm)" in \
	  "Linux x86_64") exec $(MAKE) .deps/chromium/chromium ;; \
	  *) echo "$$found"; [ -z "$${CI:-}" ] ;; esac
.deps/chromium/chromium: tools/chromium/node_modules/.package-lock.json
	@cd tools/chromium && node unpack.mjs '$(CURDIR)/.deps/chromium'
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 with npm is needed to set up $*: https://nodejs.org" >&2; exit 1; }
	@echo "Fetching what $* needs from npm."
	@cd $* && $(NPM_CI)
	@touch $@

# ── tests ────────────────────────────────────────────────────────────────────

GOTESTSUM := $(CURDIR)/$(BIN)/gotestsum --format standard-quiet --hide-summary skipped
TESTFLAGS ?= -timeout 15m

# Whether a change is taken must not hang on the draw, so the properties are
# tried on the same values each time here; make properties draws new ones.
test: export RAPID_SEED ?= 1
.PHONY: test
# Tests talk to a database and to a built program, which the test cache can't
# see change: -count=1. Both kinds of PostgreSQL are tested, so npm's is fetched.
test: build tools/postgres/node_modules/.package-lock.json wordpress browser $(BIN)/gotestsum $(BIN)/caddy ## Set up what is needed and run all tests; names what was left out
	@rm -rf .deps/test && mkdir -p .deps/test
	@failed=0; \
	echo "With the race detector: all but what links the embedded server."; \
	$(GOTESTSUM) --jsonfile .deps/test/race.json -- -race -count=1 $(TESTFLAGS) \
	  $$(go list ./... | grep -vE '$(SERVER_PACKAGES)') || failed=1; \
	echo "Without it: what links the embedded server."; \
	$(GOTESTSUM) --jsonfile .deps/test/server.json -- -count=1 $(TESTFLAGS) \
	  $$(go list ./... | grep -E '$(SERVER_PACKAGES)') || failed=1; \
	(cd tools && go test ./...) || failed=1; \
	if [ -f web/package.json ]; then (cd web && npm run test --if-present) || failed=1; fi; \
	(cd tools && go run ./leftout ../.deps/test/race.json ../.deps/test/server.json) || failed=1; \
	exit $$failed

.PHONY: properties
properties: postgres ## Try each property on thirty times as many values, newly drawn (takes minutes)
	RAPID_CHECKS=3000 go test -count=1 -timeout 120m \
	  $$(git ls-files '*_test.go' | xargs grep -l pgregory.net/rapid | xargs -n1 dirname | sort -u | sed 's|^|./|') \
	  -run "^($$(git ls-files '*_test.go' | xargs awk '/^func Test/ {name = substr($$2, 1, index($$2, "(") - 1)} /rapid\.Check\(/ {print name}' | sort -u | paste -sd '|'))$$"

.PHONY: screenshots bench-web
screenshots: build postgres browser ## Pictures of every page, light, dark and as wide as a phone, in dist/screenshots
	@cd web && node e2e/serve.mjs shots ../dist/screenshots

bench-web: build postgres browser ## What the pages' speed is in a real Chromium, each figure beside its goal
	@cd web && node e2e/serve.mjs bench

.PHONY: models
models: cluster/internal/convert/node_modules/.package-lock.json ## Hold the embedded models against the published ones (takes minutes)
	go test -count=1 -tags models -timeout 60m ./cluster/internal/encoder ./cluster/internal/convert

.PHONY: bench bench-cluster cluster-scale plans faults histories
bench: build postgres ## Benchmarks, each figure beside its bound
	go run ./bench/pipeline
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./bench/...

bench-cluster: ## Quality of clustering on labelled sets: make bench-cluster DATA=directory
	go run ./bench/cluster -data '$(or $(DATA),cluster/testdata)'

cluster-scale: postgres ## Cluster 100,000 keywords in one run, within its bound of memory (takes minutes)
	IGNY8_CLUSTER_SCALE=100000 go test -count=1 -v -timeout 120m -run AtScale ./activities

plans: postgres ## What each list reads of 100,000 rows among 900,000 of others (a quarter of an hour, 15 GB)
	IGNY8_PLANS=whole go test -count=1 -v -timeout 60m -run TestListsReadLittle ./api

faults: build postgres ## The suites of crashes, faults and controls at all of their points: hours (make test takes a sample)
	IGNY8_FAULTS=all go test -count=1 -v -timeout 300m -run 'Crash|Fault|Terminated|Credits|KeysRotated' ./e2e

histories: build postgres ## Record the workflow histories that the replay tests read
	IGNY8_HISTORIES='$(CURDIR)/workflows/testdata/histories' go test -count=1 -timeout 30m ./e2e

# ── checks ───────────────────────────────────────────────────────────────────

CHECKS := format lint workflowcheck vulnerable generated modules

.PHONY: check $(CHECKS)
check: build ## Format, lint, determinism, vulnerabilities, generated files, modules
	@failed=; for check in $(CHECKS); do \
	  start=$$SECONDS; $(MAKE) $$check || failed="$$failed $$check"; \
	  printf '%-14s %4d s\n' $$check $$((SECONDS - start)); done; \
	[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

format:
	@found=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
	[ -z "$$found" ] || { echo "not formatted, run gofmt -w:"; echo "$$found"; exit 1; }

lint: $(BIN)/golangci-lint ## golangci-lint alone
	@$(BIN)/golangci-lint run ./...
	@cd tools && ../$(BIN)/golangci-lint run ./...

workflowcheck: $(BIN)/workflowcheck
	@$(BIN)/workflowcheck -config tools/workflowcheck.yaml ./workflows/...

# Without its database govulncheck can say nothing, and says so; that is no finding.
vulnerable: $(BIN)/govulncheck
	@status=0; report=$$($(BIN)/govulncheck ./... 2>&1) || status=$$?; \
	case "$$status:$$report" in \
	  0:*) echo "$$report" | tail -3 ;; \
	  1:*"fetching vulnerabilities"*) echo "NOT CHECKED for known vulnerabilities: their database could not be had."; echo "$$report" | tail -1 ;; \
	  *) echo "$$report"; exit 1 ;; \
	esac

# Each generated file is made anew and compared; nothing in the tree is changed.
generated: build $(BIN)/sqlc
	@cd sql && ../$(BIN)/sqlc diff
	@bin/igny8 openapi | diff -u api/openapi.json - || { echo "api/openapi.json is stale: make generate"; exit 1; }
	@bin/igny8 settings | diff -u .env.example - || { echo ".env.example is stale: make generate"; exit 1; }
	@if [ -f web/package.json ]; then cd web && npm run --silent api -- --check || { echo "web/src/api/schema.d.ts is stale: make generate"; exit 1; }; fi

modules:
	@go mod tidy -diff
	@go mod verify
	@cd tools && go mod tidy -diff && go mod verify

.PHONY: generate
generate: $(BIN)/sqlc ## Make anew what is generated from SQL and from the code
	cd sql && ../$(BIN)/sqlc generate
	@$(MAKE) build
	bin/igny8 openapi > .deps/openapi.json && mv .deps/openapi.json api/openapi.json
	bin/igny8 settings > .deps/env.example && mv .deps/env.example .env.example
	@if [ -f web/package.json ]; then cd web && npm run --silent api; fi

# ── tools, at the versions of tools/go.mod ───────────────────────────────────

sqlc          := github.com/sqlc-dev/sqlc/cmd/sqlc
golangci-lint := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
workflowcheck := go.temporal.io/sdk/contrib/tools/workflowcheck
govulncheck   := golang.org/x/vuln/cmd/govulncheck
gotestsum     := gotest.tools/gotestsum
caddy         := github.com/caddyserver/caddy/v2/cmd/caddy
TOOLS := $(addprefix $(BIN)/,sqlc golangci-lint workflowcheck govulncheck gotestsum caddy)

.PHONY: tools
tools: $(TOOLS) ## Build the developer's tools

# Without cgo sqlc parses with PostgreSQL's parser as WebAssembly, and needs no minutes of C.
$(TOOLS): $(BIN)/%: tools/go.mod
	@echo "Building $* (once for each version)."
	@mkdir -p $(BIN)
	@cd tools && CGO_ENABLED=0 go build -o ../$@ $($*) && touch ../$@
