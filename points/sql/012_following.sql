-- Newer versions of what 004 made: a reservation that a merge moved is followed to where it
-- is, so that it answers under its old id.

-- Captures `c.points` (all when empty) of a reservation, or releases it (`p_release`).
CREATE OR REPLACE FUNCTION points_close_hold(
    c points_command, p_release boolean, p_now timestamptz, p_announce boolean
) RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    h points_hold;
    e points_entry;
    r record;
    v_points bigint;
BEGIN
    SELECT * INTO h FROM points_hold
     WHERE member_id = c.member_id AND id = c.reservation_id AND programme_id = c.programme_id
       AND coalesce(brand_id = c.brand_id, true);
    IF NOT FOUND THEN
        RETURN NEXT points_refusal('reservation.not_found');
        RETURN;
    END IF;
    a := points_open_account(h.member_id, h.account_id, p_now, p_now, p_announce);
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    -- Once more: before the lock it may have been another's to close.
    SELECT * INTO h FROM points_hold WHERE member_id = a.member_id AND id = c.reservation_id;
    IF h.status = 'moved' THEN
        c.member_id := h.moved_member_id;
        c.reservation_id := h.moved_hold_id;
        RETURN QUERY SELECT * FROM points_close_hold(c, p_release, p_now, p_announce);
        RETURN;
    END IF;
    v_points := CASE WHEN p_release THEN 0 ELSE coalesce(c.points, h.points) END;
    IF h.status = 'lapsed' THEN
        RETURN NEXT points_refusal('reservation.expired');
    ELSIF h.status <> 'held' THEN
        RETURN NEXT points_refusal('reservation.closed');
    ELSIF v_points > h.points THEN
        RETURN NEXT points_refusal('reservation.exceeds', v_points, h.points);
    ELSE
        c.source := coalesce(nullif(c.source, ''), h.source);
        r := points_resolve(a, h, v_points, CASE WHEN p_release THEN 'released' ELSE 'captured' END,
                            c, p_now, p_announce);
        a := r.a;
        IF a.next_due_at <= p_now THEN
            a := points_settle_due(a, p_now, p_now, c.occurred_at, p_announce);
        ELSE
            PERFORM points_save(a);
        END IF;
        FOREACH e IN ARRAY r.entries LOOP
            RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, h.id, e)::points_reply;
        END LOOP;
    END IF;
END $$;

-- Keeps a reservation longer. It moves nothing, so it leaves no entry.
CREATE OR REPLACE FUNCTION points_extend(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    h points_hold;
BEGIN
    SELECT * INTO h FROM points_hold
     WHERE member_id = c.member_id AND id = c.reservation_id AND programme_id = c.programme_id;
    IF NOT FOUND THEN
        RETURN NEXT points_refusal('reservation.not_found');
        RETURN;
    END IF;
    PERFORM points_open_account(h.member_id, h.account_id, p_now, p_now, p_announce);
    SELECT * INTO h FROM points_hold WHERE member_id = c.member_id AND id = c.reservation_id;
    IF h.status = 'moved' THEN
        c.member_id := h.moved_member_id;
        c.reservation_id := h.moved_hold_id;
        RETURN QUERY SELECT * FROM points_extend(c, p_now, p_announce);
    ELSIF h.status = 'lapsed' THEN
        RETURN NEXT points_refusal('reservation.expired');
    ELSIF h.status <> 'held' THEN
        RETURN NEXT points_refusal('reservation.closed');
    ELSE
        UPDATE points_hold SET expires_at = greatest(expires_at, c.expires_at)
         WHERE member_id = c.member_id AND id = h.id;
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, h.id, NULL)::points_reply;
    END IF;
END $$;
