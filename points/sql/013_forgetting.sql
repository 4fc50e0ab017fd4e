-- An erasure blanks the free text of a member's entries. The application has no right to change
-- entries; this runs as the owner, and the trigger lets nothing else pass.
CREATE OR REPLACE FUNCTION points_forget_reasons(members bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE blanked bigint;
BEGIN
    UPDATE points_entry SET reason = '' WHERE member_id = ANY(members) AND reason <> '';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$;
