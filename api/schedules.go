package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Calendar says when a schedule starts: at every time whose parts are all among
// those given. Or, instead, every so many seconds.
type Calendar struct {
	Hour         []int `json:"hour,omitempty" maxItems:"24" doc:"0 to 23; at 0 if not given"`
	Minute       []int `json:"minute,omitempty" maxItems:"60" doc:"0 to 59; at 0 if not given"`
	DayOfWeek    []int `json:"day_of_week,omitempty" maxItems:"7" doc:"0, Sunday, to 6; all if not given"`
	DayOfMonth   []int `json:"day_of_month,omitempty" maxItems:"31" doc:"1 to 31; all if not given"`
	EverySeconds int   `json:"every_seconds,omitempty" minimum:"10" maximum:"604800"`
}

// Schedule is a row of automation/schedules/.
type Schedule struct {
	ID          igny8.ScheduleID `json:"id"`
	SiteID      igny8.SiteID     `json:"site_id"`
	SectorID    igny8.SectorID   `json:"sector_id"`
	Name        string           `json:"name"`
	Kind        igny8.RunKind    `json:"kind" enum:"pipeline,clusters"`
	Calendar    Calendar         `json:"calendar"`
	TimeZone    string           `json:"time_zone"`
	Mode        igny8.Mode       `json:"mode"`
	Params      json.RawMessage  `json:"params" doc:"An object: what its runs are asked for"`
	MaxCredits  *igny8.Credits   `json:"max_credits" doc:"Per run"`
	Paused      bool             `json:"paused"`
	PausedUntil *time.Time       `json:"paused_until"`
	PauseReason string           `json:"pause_reason"`
	Synced      bool             `json:"synced" sql:"r.synced_at is not null" doc:"The engine knows it as it is"`
	LastRunID   *igny8.RunID     `json:"last_run_id"`
	LastOutcome string           `json:"last_outcome"`
	LastTickAt  *time.Time       `json:"last_tick_at"`
	Version     int64            `json:"version"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
}

var schedules = resource[Schedule, Schedule]{path: "automation/schedules/", id: "schedules", one: "schedule", list: store.List{
	From:    "igny8_schedules r",
	Search:  []string{"r.name"},
	Default: "-created_at",
	Filters: map[string]store.Filter{"site_id": bySite, "sector_id": bySector, "paused": {SQL: "r.paused", Type: "bool", Doc: "Paused, or not"}},
	Orders:  map[string]store.Order{"created_at": byTime, "name": {SQL: "r.name", Type: "text"}},
}}

// ScheduleFields are what a person says of a schedule.
type ScheduleFields struct {
	Name        string         `json:"name" minLength:"1" maxLength:"200"`
	Calendar    Calendar       `json:"calendar"`
	TimeZone    string         `json:"time_zone,omitempty" maxLength:"64" doc:"Such as Europe/Berlin; UTC if not given"`
	Mode        igny8.Mode     `json:"mode,omitempty" enum:"auto,review,moderate,both" doc:"review if not given"`
	MaxCredits  *igny8.Credits `json:"max_credits,omitempty" minimum:"1" doc:"Per run; the estimate if not given"`
	Paused      bool           `json:"paused,omitempty"`
	PausedUntil *time.Time     `json:"paused_until,omitempty"`
	Settings
}

type newSchedule struct {
	Body struct {
		Sector igny8.SectorID `json:"sector" format:"uuid"`
		Kind   igny8.RunKind  `json:"kind,omitempty" enum:"pipeline,clusters" doc:"pipeline if not given"`
		ScheduleFields
	}
}

type changedSchedule struct {
	ByID
	Body struct {
		Version int64 `json:"version" doc:"Of the schedule as it was read; another one since is 409"`
		ScheduleFields
	}
}

func (s *Server) schedules() {
	listed(s, &schedules)
	route(s, post(schedules.path, "create-schedule", "Make a schedule", igny8.Manage).with(http.MethodPost, http.StatusCreated), s.createSchedule)
	route(s, post(schedules.path+"{id}/", "update-schedule", "Change a schedule", igny8.Manage).with(http.MethodPut, http.StatusOK), s.changeSchedule)
	route(s, post(schedules.path+"{id}/", "delete-schedule", "Delete a schedule", igny8.Manage).with(http.MethodDelete, http.StatusOK), s.dropSchedule)
}

// check refuses what no schedule can be.
func (f *ScheduleFields) check() (calendar, params json.RawMessage, err error) {
	if f.TimeZone == "" {
		f.TimeZone = "UTC"
	}
	if f.Mode == "" {
		f.Mode = igny8.Review
	}
	if _, err := time.LoadLocation(f.TimeZone); err != nil || f.TimeZone == "Local" {
		return nil, nil, igny8.FieldErrorf("time_zone", "There is no time zone %q. They are named as Europe/Berlin is.", f.TimeZone)
	}
	if err := f.Calendar.check(); err != nil {
		return nil, nil, err
	}
	if err := dated("paused_until", f.PausedUntil); err != nil {
		return nil, nil, err
	}
	run := f.Settings.run()
	if err := run.Validate(); err != nil {
		return nil, nil, err
	}
	if calendar, err = json.Marshal(f.Calendar); err == nil {
		params, err = json.Marshal(run)
	}
	return calendar, params, err
}

func (c Calendar) check() error {
	parts := []struct {
		name     string
		values   []int
		from, to int
	}{{"hour", c.Hour, 0, 23}, {"minute", c.Minute, 0, 59}, {"day_of_week", c.DayOfWeek, 0, 6}, {"day_of_month", c.DayOfMonth, 1, 31}}
	given := false
	for _, p := range parts {
		given = given || len(p.values) > 0
		for _, v := range p.values {
			if v < p.from || v > p.to {
				return igny8.FieldErrorf("calendar."+p.name, "%s is from %d to %d.", p.name, p.from, p.to)
			}
		}
	}
	if given == (c.EverySeconds > 0) {
		return igny8.FieldErrorf("calendar", "Give the times, or every_seconds.")
	}
	return nil
}

func (s *Server) createSchedule(ctx context.Context, in *newSchedule) (Schedule, error) {
	b := &in.Body
	calendar, params, err := b.check()
	if err != nil {
		return Schedule{}, err
	}
	if b.Kind == "" {
		b.Kind = igny8.KindPipeline
	}
	return s.saved(ctx, "schedule.create", func(q *store.Queries) (igny8.ScheduleID, error) {
		if err := mayAutomate(ctx, q); err != nil {
			return igny8.ScheduleID{}, err
		}
		row, err := q.SaveSchedule(ctx, store.SaveScheduleParams{ID: igny8.New[igny8.ScheduleID](), SectorID: b.Sector, Kind: b.Kind, Name: b.Name, Calendar: calendar, TimeZone: b.TimeZone,
			Mode: b.Mode, Params: params, MaxCredits: b.MaxCredits, Paused: b.Paused, PausedUntil: b.PausedUntil, CreatedBy: pointer(igny8.PrincipalOf(ctx).User)})
		return row.ID, err
	})
}

// mayAutomate reports whether the account's plan has schedules.
func mayAutomate(ctx context.Context, q *store.Queries) error {
	return hasFeature(ctx, q, "schedules", "schedules")
}

// hasFeature reports whether the account's plan has something. One without a
// plan, the service's own, has all.
func hasFeature(ctx context.Context, q *store.Queries, feature, name string) error {
	plan, err := q.PlanFeatures(ctx)
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	var has map[string]bool
	if json.Unmarshal(plan.Features, &has) == nil && !has[feature] {
		return igny8.Errorf(igny8.PlanFeature, "The plan %s has no %s. A larger plan does.", plan.Name, name)
	}
	return nil
}

func (s *Server) changeSchedule(ctx context.Context, in *changedSchedule) (Schedule, error) {
	b := &in.Body
	calendar, params, err := b.check()
	if err != nil {
		return Schedule{}, err
	}
	id, err := igny8.Parse[igny8.ScheduleID](in.ID)
	if err != nil {
		return Schedule{}, err
	}
	return s.saved(ctx, "schedule.update", func(q *store.Queries) (igny8.ScheduleID, error) {
		_, err := q.ChangeSchedule(ctx, store.ChangeScheduleParams{ID: id, Version: b.Version, Name: b.Name, Calendar: calendar, TimeZone: b.TimeZone,
			Mode: b.Mode, Params: params, MaxCredits: b.MaxCredits, Paused: b.Paused, PausedUntil: b.PausedUntil})
		return id, changed(err, func() error { _, err := q.Schedule(ctx, id); return err })
	})
}

// saved does something to a schedule, writes that down, and shows it as it is
// then. The engine follows.
func (s *Server) saved(ctx context.Context, action string, do func(*store.Queries) (igny8.ScheduleID, error)) (Schedule, error) {
	by := asker(ctx)
	out, err := as(ctx, s, func(q *store.Queries) (out Schedule, err error) {
		id, err := do(q)
		if err != nil {
			return out, err
		}
		if err := q.Audit(ctx, store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: action, Target: id.String(), Outcome: "done", Detail: json.RawMessage("{}"), RequestID: by.Request, IP: by.IP}); err != nil {
			return out, err
		}
		return store.Row[Schedule](ctx, q, &schedules.list, id.String())
	})
	s.pokeSchedules()
	return out, err
}

func (s *Server) dropSchedule(ctx context.Context, in *ByID) (struct{}, error) {
	id, err := igny8.Parse[igny8.ScheduleID](in.ID)
	if err != nil {
		return struct{}{}, err
	}
	by := asker(ctx)
	_, err = as(ctx, s, func(q *store.Queries) (none, error) {
		if n, err := q.DropSchedule(ctx, id); err != nil {
			return none{}, err
		} else if n == 0 {
			return none{}, igny8.Errorf(igny8.NotFound, "There is no such schedule, or it is not yours to see.")
		}
		return none{}, q.Audit(ctx, store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: "schedule.delete", Target: id.String(), Outcome: "done", Detail: json.RawMessage("{}"), RequestID: by.Request, IP: by.IP})
	})
	s.pokeSchedules()
	return struct{}{}, err
}
