-- Storage of the ledger's tables, the second belt of append-only, and what the functions take
-- and answer with. This file runs once, for types and triggers are made; the others only
-- create or replace, and a migration runs again the ones that have changed.

-- Room on the page for the next version of a row: an account changes with every posting,
-- a lot with every spend, and neither change touches an index.
ALTER TABLE points_account SET (fillfactor = 80);
ALTER TABLE points_lot SET (fillfactor = 85);
ALTER TABLE points_hold SET (fillfactor = 85);
ALTER INDEX points_entry_recorded SET (autosummarize = on);

-- The application's role has no right to change entries at all (config.kernel.grants);
-- this refuses it to everyone else, the owner too, on one machine. It lets pass what empties
-- the free text and touches nothing else, which points_forget_reasons does for an erasure.
CREATE OR REPLACE FUNCTION points_entry_is_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = ''
       AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'points_entry is append-only: a mistake is reversed, not changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER points_entry_is_for_ever
BEFORE UPDATE OR DELETE ON points_entry
FOR EACH ROW EXECUTE FUNCTION points_entry_is_for_ever();

-- An operation as it is asked for.
CREATE TYPE points_command AS (
    op text, member_id bigint, programme_id bigint, currency text,
    key text, fingerprint bytea, source text, reason text, rule text, actor text,
    occurred_at timestamptz,
    points bigint, pending boolean, available_at timestamptz, expires_at timestamptz,
    reservation_id bigint, brand_id bigint,
    entry_id bigint, under text, cause text, policy text, grace_until timestamptz
);

-- One row for each entry a command made (or had made), or a single row for none.
CREATE TYPE points_reply AS (
    item integer, problem text, asked bigint, had bigint,
    replayed boolean, duplicate boolean, uncovered bigint, reservation_id bigint,
    entry points_entry
);
