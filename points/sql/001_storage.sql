-- Storage of the ledger's tables, and the second belt of append-only.

-- Room on the page for the next version of a row: an account changes with every posting,
-- a lot with every spend, and neither change touches an index.
ALTER TABLE points_account SET (fillfactor = 80);
ALTER TABLE points_lot SET (fillfactor = 85);
ALTER TABLE points_hold SET (fillfactor = 85);
ALTER INDEX points_entry_recorded SET (autosummarize = on);

-- The application's role has no right to change entries at all (config.kernel.grants);
-- this refuses it to everyone else, the owner too, on one machine.
CREATE OR REPLACE FUNCTION points_entry_is_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'points_entry is append-only: a mistake is reversed, not changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER points_entry_is_for_ever
BEFORE UPDATE OR DELETE ON points_entry
FOR EACH ROW EXECUTE FUNCTION points_entry_is_for_ever();
