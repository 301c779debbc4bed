//go:build !noembed

package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal/client"
)

// The databases, and the server's own versioned schemas for them.
const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
	mainSchema         = "postgresql/v12/temporal"
	visibilitySchema   = "postgresql/v12/visibility"
)

// connections is how many each of the four services may hold to a database.
const connections = 10

type stores struct{ main, visibility *config.SQL }

// prepareStores makes what is missing of databases, schemas and namespace. It
// is safe to repeat, and is repeated at every start: a newer server brings newer
// schemas.
func prepareStores(ctx context.Context, o Options, log *logger) (s stores, err error) {
	base, err := parse(o.Postgres)
	if err != nil {
		return s, err
	}
	for _, d := range []struct {
		store        **config.SQL
		name, schema string
	}{{&s.main, mainDatabase, mainSchema}, {&s.visibility, visibilityDatabase, visibilitySchema}} {
		if err := createDatabase(ctx, o.Postgres, d.name); err != nil {
			return s, err
		}
		own := *base
		own.DatabaseName = d.name
		if err := migrate(own, d.schema, log); err != nil {
			return s, igny8.Wrap(igny8.Internal, err, "The schema of the database %s can't be brought up to date", d.name)
		}
		*d.store = &own
	}
	if err := createNamespace(*s.main, o); err != nil {
		return s, igny8.Wrap(igny8.Internal, err, "The Temporal namespace %q can't be made", o.Namespace)
	}
	return s, nil
}

// parse turns a URL into the server's form of it.
func parse(postgres string) (*config.SQL, error) {
	c, err := pgx.ParseConfig(postgres)
	if err != nil {
		return nil, igny8.Errorf(igny8.Invalid, "The URL of PostgreSQL for Temporal can't be read; it must be postgres://user:password@host:port/database")
	}
	attributes := map[string]string{"sslmode": "disable"}
	if c.TLSConfig != nil {
		attributes["sslmode"] = "require"
		if u, err := url.Parse(postgres); err == nil && u.Query().Has("sslmode") {
			attributes["sslmode"] = u.Query().Get("sslmode")
		}
	}
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, ConnectProtocol: "tcp", ConnectAddr: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))),
		User: c.User, Password: c.Password, ConnectAttributes: attributes,
		MaxConns: connections, MaxIdleConns: connections, MaxConnLifetime: time.Hour,
	}, nil
}

func createDatabase(ctx context.Context, postgres, name string) error {
	conn, err := pgx.Connect(ctx, postgres)
	if err != nil {
		return igny8.Wrap(igny8.Unavailable, err, "PostgreSQL can't be reached to make Temporal's databases")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil {
		return igny8.Wrap(igny8.Unavailable, err, "PostgreSQL did not list its databases")
	}
	if exists {
		return nil
	}
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "42501" {
		return igny8.Wrap(igny8.Forbidden, err, "The role %q may not create the database %s. Grant it CREATEDB, or create the database for it", conn.Config().User, name)
	}
	if err != nil {
		return igny8.Wrap(igny8.Internal, err, "The database %s can't be created", name)
	}
	return nil
}

// migrate brings a database to the version that this server was made with.
func migrate(store config.SQL, schemaName string, log *logger) error {
	conn, err := sql.NewConnection(&store, log)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil {
		if !strings.Contains(err.Error(), "does not exist") { // the table of versions
			return fmt.Errorf("read its version: %w", err)
		}
		if err := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, log).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{DBName: store.DatabaseName, SchemaName: schemaName}, log).Run()
}

// createNamespace writes the namespace into the database, where the server finds
// it without the seconds that a registration takes to be known. (The functions
// work for every SQL store, whatever their package is called.) A namespace that
// exists stays as it is; EnsureSearchAttributes adds what it lacks.
func createNamespace(store config.SQL, o Options) error {
	kinds := make(map[string]enumspb.IndexedValueType)
	for _, name := range o.SearchAttributes {
		kinds[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	namespace, err := sqlite.NewNamespaceConfig(clusterName, o.Namespace, false, kinds)
	if err != nil {
		return err
	}
	namespace.Detail.Config.Retention = durationpb.New(client.Retention)
	return sqlite.CreateNamespaces(&store, namespace)
}
