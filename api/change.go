package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// changes is what there is to say of how a resource is written: F are the
// fields that a person fills in. Its routes are made from it, as a resource's
// are.
type changes[R, D, F any] struct {
	of    *resource[R, D]
	table store.Table
	power igny8.Power
	// complete adds to a change what follows from it alone, or refuses it. It
	// may be nil, as the others.
	complete func(*change[F]) error
	// made says in SQL when a row may be made at once, with nothing but complete;
	// see store.Make. Otherwise prepare and after are asked, and say why not.
	made string
	// prepare completes a change with what there is, or refuses it.
	prepare func(context.Context, *Server, *store.Queries, *change[F]) error
	// after does what belongs to a change, in its transaction.
	after func(context.Context, *Server, *store.Queries, *change[F]) error
	// guard names those that must not be deleted, and why.
	guard func(context.Context, *store.Queries, []uuid.UUID) (map[uuid.UUID]igny8.Code, error)
	// Verbs that it has not.
	noCreate, noUpdate, noDelete bool
}

// change is one change under way.
type change[F any] struct {
	*store.Set
	Fields *F
	IDs    []uuid.UUID // of the rows; of a new one, after it was written
	given  map[string]bool
}

// Given reports whether the request names the field.
func (c *change[F]) Given(field string) bool { return c.given[field] }

// New reports whether a row is being made.
func (c *change[F]) New() bool { return len(c.IDs) == 0 }

type created[F any] struct{ Body fields[F, creating] }

type replaced[F any] struct {
	ByID
	Body fields[F, replacing]
}

type patched[F any] struct {
	ByID
	Body fields[F, patching]
}

// Several is a choice of rows: by their IDs, or by what a list is filtered with.
type Several struct {
	IDs      []uuid.UUID       `json:"ids,omitempty" minItems:"1" maxItems:"1000"`
	Filter   map[string]string `json:"filter,omitempty" doc:"Instead of ids: what the list is filtered by"`
	Search   string            `json:"search,omitempty" maxLength:"200" doc:"With filter: what the list is searched for"`
	Expected *int              `json:"expected,omitempty" minimum:"0" doc:"With filter: how many rows you saw; another number is 409"`
}

type severalInput struct{ Body Several }

type severalSet[F any] struct {
	Body struct {
		Several
		Set fields[F, several] `json:"set" doc:"What is to change in each"`
	}
}

// rows returns the rows that are meant.
func (c *Several) rows(ctx context.Context, q *store.Queries, l *store.List) ([]uuid.UUID, error) {
	if (c.Filter == nil) == (c.IDs == nil) {
		return nil, igny8.FieldErrorf("ids", "Give ids, or filter and expected.")
	}
	if c.IDs != nil {
		return c.IDs, nil
	}
	if c.Expected == nil {
		return nil, igny8.FieldErrorf("expected", "With a filter, say how many rows you saw.")
	}
	return store.Chosen(ctx, q, l, store.Ask{Filters: c.Filter, Search: c.Search}, *c.Expected)
}

// changeable makes the routes by which a resource is written.
func changeable[R, D, F any](s *Server, c *changes[R, D, F]) {
	path, one, many := c.of.path, c.of.one, c.of.id
	if !c.noCreate {
		route(s, post(path, "create-"+one, "Make "+withArticle(one), c.power).with(http.MethodPost, http.StatusCreated), func(ctx context.Context, in *created[F]) (D, error) {
			return insert(ctx, s, c, &in.Body.change)
		})
	}
	if !c.noUpdate {
		route(s, post(path+"{id}/", "update-"+one, "Change "+withArticle(one), c.power).with(http.MethodPut, http.StatusOK), func(ctx context.Context, in *replaced[F]) (D, error) {
			return update(ctx, s, c, in.ID, in.Body.version, &in.Body.change)
		})
		route(s, post(path+"{id}/", "patch-"+one, "Change some fields of "+withArticle(one), c.power).with(http.MethodPatch, http.StatusOK), func(ctx context.Context, in *patched[F]) (D, error) {
			return update(ctx, s, c, in.ID, in.Body.version, &in.Body.change)
		})
		route(s, post(path+"bulk_update/", "update-"+many, "Change several "+spoken(many), c.power), func(ctx context.Context, in *severalSet[F]) (Bulk, error) {
			return updateSeveral(ctx, s, c, &in.Body.Several, &in.Body.Set.change)
		})
	}
	if !c.noDelete {
		route(s, post(path+"{id}/", "delete-"+one, "Delete "+withArticle(one), c.power).with(http.MethodDelete, http.StatusOK), func(ctx context.Context, in *ByID) (Bulk, error) {
			return drop(ctx, s, c, in.ID)
		})
		route(s, post(path+"bulk_delete/", "delete-"+many, "Delete several "+spoken(many), c.power), func(ctx context.Context, in *severalInput) (Bulk, error) {
			return dropSeveral(ctx, s, c, &in.Body)
		})
	}
}

func insert[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], ch *change[F]) (D, error) {
	if c.made != "" {
		if out, made, err := insertAtOnce(ctx, s, c, ch); made || err != nil {
			return out, err
		}
	}
	return as(ctx, s, func(q *store.Queries) (out D, err error) {
		parent := parentOf(ch.Fields)
		if err := c.prepared(ctx, s, q, ch); err != nil {
			return out, err
		}
		id, err := store.Insert(ctx, q, &c.table, parent, ch.Set)
		if err != nil {
			return out, err
		}
		ch.IDs = []uuid.UUID{id}
		if err := c.done(ctx, s, q, ch, "create"); err != nil {
			return out, err
		}
		return store.Row[D](ctx, q, &c.of.list, id.String())
	})
}

// insertAtOnce reports whether it has made the row.
func insertAtOnce[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], ch *change[F]) (out D, made bool, err error) {
	if err := c.completed(ch); err != nil {
		return out, false, err
	}
	entry, err := noted(ctx, c.of.one+".create", c.of.one, ch.detail(1))
	if err != nil {
		return out, false, err
	}
	return store.Make[D](ctx, s.Store, igny8.PrincipalOf(ctx), &c.of.list, &c.table, &store.Making{Set: ch.Set, Parent: parentOf(ch.Fields), If: c.made, Note: entry})
}

func update[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], id string, version int64, ch *change[F]) (D, error) {
	return as(ctx, s, func(q *store.Queries) (out D, err error) {
		row, err := igny8.Parse[igny8.RequestID](id)
		if err != nil {
			return out, err
		}
		ch.IDs = []uuid.UUID{row.UUID}
		if _, err := store.Row[D](ctx, q, &c.of.list, id); err != nil {
			return out, err
		}
		if err := c.prepared(ctx, s, q, ch); err != nil {
			return out, err
		}
		done, err := store.Update(ctx, q, &c.table, ch.IDs, version, ch.Set)
		if err != nil {
			return out, err
		}
		if len(done) == 0 {
			return out, igny8.Errorf(igny8.Conflict, "Somebody has changed this since you read it. Read it again, then change it.")
		}
		if err := c.done(ctx, s, q, ch, "update"); err != nil {
			return out, err
		}
		return store.Row[D](ctx, q, &c.of.list, id)
	})
}

func updateSeveral[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], which *Several, ch *change[F]) (Bulk, error) {
	return as(ctx, s, func(q *store.Queries) (Bulk, error) {
		ids, err := which.rows(ctx, q, &c.of.list)
		if err != nil || len(ids) == 0 {
			return Bulk{Results: []Result{}}, err
		}
		ch.IDs = ids
		if err := c.prepared(ctx, s, q, ch); err != nil {
			return Bulk{}, err
		}
		done, err := store.Update(ctx, q, &c.table, ids, 0, ch.Set)
		if err != nil {
			return Bulk{}, err
		}
		if ch.IDs = done; len(done) > 0 {
			err = c.done(ctx, s, q, ch, "update")
		}
		return results(ids, done, igny8.NotFound), err
	})
}

func drop[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], id string) (Bulk, error) {
	row, err := igny8.Parse[igny8.RequestID](id)
	if err != nil {
		return Bulk{}, err
	}
	out, err := dropSeveral(ctx, s, c, &Several{IDs: []uuid.UUID{row.UUID}})
	if err != nil || out.Results[0].OK {
		return out, err
	}
	switch code := out.Results[0].Code; code {
	case igny8.RunLive:
		return out, igny8.Errorf(code, "A run is working on this. Wait for it, or cancel it.")
	case igny8.NotFound:
		return out, igny8.Errorf(code, "There is no such %s, or it is not yours to see.", c.of.one)
	default:
		return out, igny8.Errorf(code, "This %s can't be deleted as it stands.", c.of.one)
	}
}

func dropSeveral[R, D, F any](ctx context.Context, s *Server, c *changes[R, D, F], which *Several) (Bulk, error) {
	return as(ctx, s, func(q *store.Queries) (Bulk, error) {
		ids, err := which.rows(ctx, q, &c.of.list)
		if err != nil {
			return Bulk{}, err
		}
		var kept map[uuid.UUID]igny8.Code
		if c.guard != nil {
			if kept, err = c.guard(ctx, q, ids); err != nil {
				return Bulk{}, err
			}
		}
		free := make([]uuid.UUID, 0, len(ids))
		for _, id := range ids {
			if kept[id] == "" {
				free = append(free, id)
			}
		}
		gone, err := store.Delete(ctx, q, &c.table, free)
		if err != nil {
			return Bulk{}, err
		}
		out := results(ids, gone, igny8.NotFound)
		for i, r := range out.Results {
			if kept[r.ID] != "" {
				out.Results[i].Code = kept[r.ID]
			}
		}
		if len(gone) == 0 {
			return out, nil
		}
		return out, note(ctx, q, c.of.one+".delete", target(c.of.one, gone), map[string]any{"rows": len(gone)})
	})
}

func (c *changes[R, D, F]) completed(ch *change[F]) error {
	if c.complete == nil {
		return nil
	}
	return c.complete(ch)
}

func (c *changes[R, D, F]) prepared(ctx context.Context, s *Server, q *store.Queries, ch *change[F]) error {
	if err := c.completed(ch); err != nil || c.prepare == nil {
		return err
	}
	return c.prepare(ctx, s, q, ch)
}

// done does what belongs to a change, and writes it into the audit log: which
// fields, never what they became.
func (c *changes[R, D, F]) done(ctx context.Context, s *Server, q *store.Queries, ch *change[F], verb string) error {
	if c.after != nil {
		if err := c.after(ctx, s, q, ch); err != nil {
			return err
		}
	}
	return note(ctx, q, c.of.one+"."+verb, target(c.of.one, ch.IDs), ch.detail(len(ch.IDs)))
}

// detail is what the audit log has of a change.
func (c *change[F]) detail(rows int) map[string]any {
	return map[string]any{"fields": sorted(c.given), "rows": rows}
}

// target names what was acted on, as the audit log has it.
func target(one string, ids []uuid.UUID) string {
	if len(ids) == 1 {
		return one + "/" + ids[0].String()
	}
	return one
}

// note writes into the audit log what the caller did.
func note(ctx context.Context, q *store.Queries, action, target string, detail map[string]any) error {
	entry, err := noted(ctx, action, target, detail)
	if err != nil {
		return err
	}
	return q.Audit(ctx, entry)
}

// noted is the entry that note writes.
func noted(ctx context.Context, action, target string, detail map[string]any) (store.AuditParams, error) {
	text, err := json.Marshal(detail)
	by := asker(ctx)
	return store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: strings.ReplaceAll(action, "-", "_"), Target: target,
		Outcome: "done", Detail: text, RequestID: by.Request, IP: by.IP}, err
}
