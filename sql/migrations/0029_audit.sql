-- An entry of the audit log is written with nearly every change, so that its
-- indexes are few: the order of the list compares by itself what an entry is
-- filtered by, and only the history of one thing, of which there are millions, has
-- an index of its own.

-- +goose Up
drop index
	igny8_audit_log_account_id_created_at_id_idx,
	igny8_audit_log_account_id_action_created_at_id_idx,
	igny8_audit_log_account_id_actor_id_created_at_id_idx,
	igny8_audit_log_account_id_outcome_created_at_id_idx;
create index on igny8_audit_log (account_id, created_at desc, id desc, action, actor_id, outcome);
