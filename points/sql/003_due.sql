-- What time does by itself: reservations lapse, pending points mature, lots expire.
-- It happens by date, in order of time, whether or not a job ran; the jobs only see to it
-- that it is written down soon.

-- Makes pending lots available; they clear debt first. `p_entries` limits it to the lots
-- of these earnings.
CREATE OR REPLACE FUNCTION points_mature(
    INOUT a points_account, c points_command, p_until timestamptz, p_entries bigint[],
    p_now timestamptz, p_announce boolean, OUT e points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    l points_lot;
    v_clear bigint;
BEGIN
    e := points_draft(c, a, 'activate', 'own', p_now);
    FOR l IN
        SELECT * FROM points_lot
         WHERE member_id = a.member_id AND account_id = a.id AND open AND pending
           AND available_at <= p_until AND (p_entries IS NULL OR entry_id = ANY (p_entries))
         ORDER BY expires_at, id
    LOOP
        v_clear := least(a.debt + e.debt, l.remaining);
        UPDATE points_lot
           SET pending = false, remaining = remaining - v_clear, open = remaining > v_clear
         WHERE member_id = a.member_id AND id = l.id;
        e.pending := e.pending - l.remaining;
        e.available := e.available + l.remaining - v_clear;
        e.debt := e.debt - v_clear;
        e.lots := e.lots || l.id;
        e.lot_points := e.lot_points || -v_clear;
        e.lot_moved := e.lot_moved || l.remaining;
        e.lot_expires := e.lot_expires || l.expires_at;
    END LOOP;
    IF e.pending = 0 THEN
        e := NULL;
        RETURN;
    END IF;
    e := points_sum_up(a, e);
    a := points_count(a, e);
    PERFORM points_write(e);
    PERFORM points_tell(a, e, p_announce);
END $$;

CREATE OR REPLACE FUNCTION points_expire(
    INOUT a points_account, p_until timestamptz, p_at timestamptz, p_now timestamptz, p_announce boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    c points_command;
    e points_entry;
    l points_lot;
    v_free bigint;
BEGIN
    c.occurred_at := p_at;
    e := points_draft(c, a, 'expire', 'expiry', p_now);
    FOR l IN
        SELECT * FROM points_lot
         WHERE member_id = a.member_id AND account_id = a.id
           AND open AND remaining > held AND expires_at <= p_until
         ORDER BY expires_at, id
    LOOP
        v_free := l.remaining - l.held;
        UPDATE points_lot
           SET remaining = held, open = held > 0, lapsed = lapsed + v_free
         WHERE member_id = a.member_id AND id = l.id;
        IF l.pending THEN
            e.pending := e.pending - v_free;
        ELSE
            e.available := e.available - v_free;
        END IF;
        e.lots := e.lots || l.id;
        e.lot_points := e.lot_points || -v_free;
        e.lot_expires := e.lot_expires || l.expires_at;
    END LOOP;
    e := points_sum_up(a, e);
    a := points_count(a, e);
    PERFORM points_write(e);
    PERFORM points_tell(a, e, p_announce);
END $$;

-- Posts everything due by `p_horizon`, and notes when the next thing falls due. Nothing is
-- dated before `p_floor`: a lot freed by a release expires with the release, not before.
CREATE OR REPLACE FUNCTION points_settle_due(
    a points_account, p_now timestamptz, p_horizon timestamptz, p_floor timestamptz, p_announce boolean
) RETURNS points_account
LANGUAGE plpgsql AS $$
DECLARE
    c points_command;
    h points_hold;
    v_lapse timestamptz;
    v_mature timestamptz;
    v_expire timestamptz;
    v_next timestamptz;
    v_at timestamptz := p_floor;
BEGIN
    LOOP
        v_lapse := (SELECT min(expires_at) FROM points_hold
            WHERE member_id = a.member_id AND account_id = a.id AND status = 'held');
        v_mature := (SELECT min(available_at) FROM points_lot
            WHERE member_id = a.member_id AND account_id = a.id AND open AND pending);
        v_expire := (SELECT expires_at FROM points_lot
            WHERE member_id = a.member_id AND account_id = a.id AND open AND remaining > held
            ORDER BY expires_at, id LIMIT 1);
        v_next := least(v_lapse, v_mature, v_expire);
        EXIT WHEN v_next IS NULL OR v_next > p_horizon;
        v_at := greatest(v_at, v_next);
        c := NULL;
        c.occurred_at := v_at;
        IF v_next = v_lapse THEN
            FOR h IN
                SELECT * FROM points_hold
                 WHERE member_id = a.member_id AND account_id = a.id
                   AND status = 'held' AND expires_at = v_next ORDER BY id
            LOOP
                c.source := h.source;
                c.reason := 'lapsed';
                a := (points_resolve(a, h, 0, 'lapsed', c, p_now, p_announce)).a;
            END LOOP;
        ELSIF v_next = v_mature THEN
            a := (points_mature(a, c, v_next, NULL, p_now, p_announce)).a;
        ELSE
            a := points_expire(a, v_next, v_at, p_now, p_announce);
        END IF;
    END LOOP;
    a.next_due_at := v_next;
    PERFORM points_save(a);
    RETURN a;
END $$;
