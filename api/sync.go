package api

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/temporal"
	engine "github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/workflows"
)

const (
	sweepEvery = time.Hour
	jitter     = 5 * time.Minute
)

// pokeSchedules tells the loop below that a schedule has changed.
func (s *Server) pokeSchedules() {
	select {
	case s.scheduled <- struct{}{}:
	default: // it has been told
	}
}

// syncSchedules makes the engine's schedules what our table says, until ctx
// ends. The table is what is wanted; what the engine has is made from it.
func (s *Server) syncSchedules(ctx context.Context) error {
	poll, sweep := time.NewTicker(pollEvery), time.NewTicker(sweepEvery)
	defer poll.Stop()
	defer sweep.Stop()
	all := true
	for {
		err := s.syncChanged(ctx)
		if err == nil && all {
			err = s.sweepSchedules(ctx)
			all = err != nil
		}
		if err != nil && ctx.Err() == nil {
			s.log().WarnContext(ctx, "schedules are not in step with the engine yet", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case <-sweep.C:
			all = true
		case <-s.scheduled:
			all = true // one may be gone
		}
	}
}

func (s *Server) syncChanged(ctx context.Context) error {
	due, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.Schedule, error) { return q.DueSchedules(ctx, startsAtOnce) })
	if err != nil {
		return err
	}
	for _, row := range due {
		if err := s.sync(ctx, row); igny8.CodeOf(err) == igny8.Unavailable {
			return err
		} else if err != nil { // one that the engine does not take keeps no other back
			s.log().WarnContext(ctx, "the engine refuses a schedule", "schedule", row.ID, "error", err)
			continue
		}
		_, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
			return none{}, q.ScheduleSynced(ctx, system.ScheduleSyncedParams{AccountID: row.AccountID, ID: row.ID, Version: row.Version})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// scheduleID names a schedule of ours in the engine.
func scheduleID(account igny8.AccountID, id igny8.ScheduleID) string {
	return account.String() + "/schedule/" + id.String()
}

func (s *Server) sync(ctx context.Context, row system.Schedule) error {
	var c Calendar
	if err := json.Unmarshal(row.Calendar, &c); err != nil {
		return err
	}
	scope := igny8.Scope{Account: row.AccountID, Site: row.SiteID, Sector: row.SectorID}
	spec := engine.Schedule{
		ID: scheduleID(row.AccountID, row.ID), TimeZone: row.TimeZone, Jitter: jitter,
		Paused: row.Paused || row.PausedUntil != nil && row.PausedUntil.After(time.Now()), Note: row.PauseReason,
		WorkflowType: "Tick", WorkflowID: row.AccountID.String() + "/tick/" + row.ID.String(), TaskQueue: temporal.MainQueue,
		Args: []any{workflows.TickInput{Scope: scope, Schedule: row.ID}}, Attributes: temporal.Labels(scope, row.Kind),
	}
	spec.Priority.PriorityKey, spec.Priority.FairnessKey = 5, row.AccountID.String()
	if c.EverySeconds > 0 {
		spec.Cron = []string{"@every " + strconv.Itoa(c.EverySeconds) + "s"}
		spec.Jitter = min(jitter, time.Duration(c.EverySeconds)*time.Second/10)
	} else {
		spec.Calendars = []client.ScheduleCalendarSpec{{
			Second: ranges([]int{0}), Minute: ranges(or(c.Minute, 0)), Hour: ranges(or(c.Hour, 0)),
			DayOfWeek: ranges(c.DayOfWeek), DayOfMonth: ranges(c.DayOfMonth),
		}}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	return engine.SyncSchedule(ctx, s.Temporal, spec)
}

func or(values []int, otherwise int) []int {
	if len(values) == 0 {
		return []int{otherwise}
	}
	return values
}

func ranges(values []int) []client.ScheduleRange {
	var out []client.ScheduleRange
	for _, v := range values {
		out = append(out, client.ScheduleRange{Start: v})
	}
	return out
}

// sweepSchedules removes the engine's schedules that our table has no more.
func (s *Server) sweepSchedules(ctx context.Context) error {
	rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.ScheduleIDsRow, error) { return q.ScheduleIDs(ctx) })
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, r := range rows {
		wanted[scheduleID(r.AccountID, r.ID)] = true
	}
	known, err := s.Temporal.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 1000})
	if err != nil {
		return err
	}
	for known.HasNext() {
		entry, err := known.Next()
		if err != nil {
			return err
		}
		if !strings.Contains(entry.ID, "/schedule/") || wanted[entry.ID] {
			continue // an operator's own, or one there should be
		}
		if err := engine.DeleteSchedule(ctx, s.Temporal, entry.ID); err != nil {
			return err
		}
	}
	return nil
}
