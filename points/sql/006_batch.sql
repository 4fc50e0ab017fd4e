-- Many commands in one round trip. Every account concerned is locked first, in one order,
-- so that two batches cannot wait for each other in a circle.

CREATE FUNCTION points_apply(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
BEGIN
    CASE c.op
        WHEN 'earn' THEN RETURN QUERY SELECT * FROM points_earn(c, p_now, p_announce);
        WHEN 'spend' THEN RETURN QUERY SELECT * FROM points_spend(c, p_now, p_announce);
        WHEN 'schedule' THEN RETURN QUERY SELECT * FROM points_schedule(c, p_now, p_announce);
        WHEN 'hold' THEN RETURN QUERY SELECT * FROM points_hold(c, p_now, p_announce);
        WHEN 'capture' THEN RETURN QUERY SELECT * FROM points_capture(c, p_now, p_announce);
        WHEN 'release' THEN RETURN QUERY SELECT * FROM points_release(c, p_now, p_announce);
        WHEN 'extend' THEN RETURN QUERY SELECT * FROM points_extend(c, p_now, p_announce);
        WHEN 'reverse' THEN RETURN QUERY SELECT * FROM points_reverse(c, p_now, p_announce);
        WHEN 'adjust' THEN RETURN QUERY SELECT * FROM points_adjust(c, p_now, p_announce);
    END CASE;
END $$;

CREATE FUNCTION points_lock_all(p_members bigint[], p_programmes bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM points_account
      WHERE member_id = ANY (p_members) AND programme_id = ANY (p_programmes) AND NOT hot
      ORDER BY member_id, id FOR UPDATE;
END $$;

CREATE FUNCTION points_batch(p_commands jsonb, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    v_commands points_command[] := ARRAY(
        SELECT x FROM jsonb_populate_recordset(NULL::points_command, p_commands) x);
    v_item integer;
    r points_reply;
BEGIN
    PERFORM points_lock_all(array_agg(DISTINCT x.member_id), array_agg(DISTINCT x.programme_id))
       FROM unnest(v_commands) x;
    FOR v_item IN
        SELECT u.number FROM unnest(v_commands) WITH ORDINALITY u (
            op, member_id, programme_id, currency, key, fingerprint, source, reason, rule, actor,
            occurred_at, points, pending, available_at, expires_at, reservation_id, brand_id,
            entry_id, under, cause, policy, grace_until, number)
         ORDER BY u.member_id, u.number
    LOOP
        FOR r IN SELECT * FROM points_apply(v_commands[v_item], p_now, p_announce) LOOP
            r.item := v_item - 1;
            RETURN NEXT r;
        END LOOP;
    END LOOP;
END $$;
