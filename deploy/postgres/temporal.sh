#!/bin/sh
# Runs once, when PostgreSQL makes its data directory: Temporal gets a role and
# two databases of its own, and nothing of ours.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -v password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role temporal login password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database igny8 from public;
SQL
