-- One function per operation, one round trip each: lock the account and post what is due,
-- replay, check, entry, lots, account, event. docs/algorithms/ledger.md is their table.

CREATE OR REPLACE FUNCTION points_earn(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    e points_entry;
    v_lot bigint;
    v_pending boolean := c.pending AND (c.available_at IS NULL OR c.available_at > p_now);
    v_clear bigint;
BEGIN
    -- A hot account takes a credit without a lock, unless it owes.
    SELECT * INTO a FROM points_account
     WHERE member_id = c.member_id AND programme_id = c.programme_id AND currency = c.currency
       AND (NOT hot OR debt > 0) AND (next_due_at IS NULL OR next_due_at > least(p_now, c.occurred_at))
       FOR UPDATE;
    IF NOT FOUND THEN
        SELECT * INTO a FROM points_account
         WHERE member_id = c.member_id AND programme_id = c.programme_id AND currency = c.currency
           AND hot AND debt = 0 AND moved_to IS NULL AND also IS NULL;
        IF FOUND THEN
            RETURN QUERY SELECT * FROM points_earn_hot(a, c, v_pending, p_now, p_announce);
            RETURN;
        END IF;
        a := points_open(c.member_id, c.programme_id, c.currency, true,
                         p_now, least(p_now, c.occurred_at), p_announce);
    END IF;
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_earn(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    IF a.also IS NOT NULL AND (points_earned_under(c, a)).id IS NOT NULL THEN
        RETURN NEXT points_earned_before(c, a);
        RETURN;
    END IF;
    v_clear := CASE WHEN v_pending THEN 0 ELSE least(a.debt, c.points) END;
    v_lot := nextval('points_lot_id_seq');
    e := points_draft(c, a, 'earn', 'issuance', p_now);
    e.debt := -v_clear;
    IF v_pending THEN
        e.pending := c.points;
    ELSE
        e.available := c.points - v_clear;
    END IF;
    e.lots := ARRAY[v_lot];
    e.lot_points := ARRAY[c.points - v_clear];
    e.lot_expires := ARRAY[c.expires_at];
    e := points_sum_up(a, e);
    IF NOT points_write(e) THEN
        -- By its source, unless the key has moved another account meanwhile.
        RETURN QUERY SELECT * FROM points_replay(c);
        IF NOT FOUND THEN
            RETURN NEXT points_earned_before(c, a);
        END IF;
        RETURN;
    END IF;
    INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, pending, open,
                            available_at, expires_at)
    VALUES (v_lot, a.member_id, a.id, e.id, c.points, c.points - v_clear, v_pending,
            c.points > v_clear, c.available_at, c.expires_at);
    a := points_count(a, e);
    IF c.points > v_clear THEN
        a.next_due_at := least(a.next_due_at, c.expires_at, CASE WHEN v_pending THEN c.available_at END);
    END IF;
    PERFORM points_save(a);
    PERFORM points_tell(a, e, p_announce);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
END $$;

-- What this source has earned under this rule, for the member or who was merged into it.
CREATE OR REPLACE FUNCTION points_earned_under(c points_command, a points_account) RETURNS points_entry
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
BEGIN
    SELECT x.* INTO e FROM points_accounts_of(a) o
      JOIN points_entry x ON x.member_id = o.of_member AND x.account_id = o.of_account
     WHERE x.source = c.source AND x.rule = coalesce(c.rule, '') AND x.kind = 'earn' LIMIT 1;
    RETURN e;
END $$;

-- The natural key spoke: this source has earned under this rule.
CREATE OR REPLACE FUNCTION points_earned_before(c points_command, a points_account) RETURNS points_reply
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
BEGIN
    e := points_earned_under(c, a);
    IF e.points = c.points THEN
        RETURN ROW(0, NULL, 0, 0, true, true, 0, NULL, e)::points_reply;
    END IF;
    RETURN points_refusal('points.source_conflict', c.points, e.points);
END $$;

CREATE OR REPLACE FUNCTION points_earn_hot(
    a points_account, c points_command, p_pending boolean, p_now timestamptz, p_announce boolean
) RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
    v_lot bigint := nextval('points_lot_id_seq');
BEGIN
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    e := points_draft(c, a, 'earn', 'issuance', p_now);
    e.points := c.points;
    IF p_pending THEN
        e.pending := c.points;
    ELSE
        e.available := c.points;
    END IF;
    e.lots := ARRAY[v_lot];
    e.lot_points := ARRAY[c.points];
    e.lot_expires := ARRAY[c.expires_at];
    -- balance_after stays empty: without a lock nobody knows what went before.
    IF NOT points_write(e) THEN
        -- A twin was faster: by its key, else by its source.
        RETURN QUERY SELECT * FROM points_replay(c);
        IF NOT FOUND THEN
            RETURN NEXT points_earned_before(c, a);
        END IF;
        RETURN;
    END IF;
    INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, pending, open,
                            available_at, expires_at)
    VALUES (v_lot, a.member_id, a.id, e.id, c.points, c.points, p_pending, true,
            c.available_at, c.expires_at);
    INSERT INTO points_unfolded (member_id, account_id, entry_id, available, pending, earned, due_at)
    VALUES (a.member_id, a.id, e.id, e.available, e.pending, e.points,
            least(c.expires_at, CASE WHEN p_pending THEN c.available_at END));
    PERFORM points_tell(a, e, p_announce);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
END $$;

CREATE OR REPLACE FUNCTION points_schedule(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    r record;
    v_entries bigint[];
BEGIN
    a := points_open(c.member_id, c.programme_id, c.currency, false,
                     p_now, least(p_now, c.occurred_at), p_announce);
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_schedule(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    v_entries := ARRAY(SELECT x.id FROM points_accounts_of(a) o
        JOIN points_entry x ON x.member_id = o.of_member AND x.account_id = o.of_account
       WHERE x.source = c.source AND x.kind = 'earn');
    UPDATE points_lot SET available_at = c.available_at
     WHERE member_id = a.member_id AND account_id = a.id AND open AND pending
       AND entry_id = ANY (v_entries) AND available_at IS DISTINCT FROM c.available_at;
    IF c.available_at > p_now THEN
        a.next_due_at := least(a.next_due_at, c.available_at);
        PERFORM points_save(a);
    ELSE
        r := points_mature(a, c, c.available_at, v_entries, p_now, p_announce);
        IF (r.e).id IS NOT NULL THEN
            PERFORM points_save(r.a);
            RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.e)::points_reply;
        END IF;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION points_spend(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    e points_entry;
BEGIN
    a := points_open(c.member_id, c.programme_id, c.currency, false, p_now, p_now, p_announce);
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_spend(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    IF a.id IS NULL OR a.available < c.points THEN
        RETURN NEXT points_refusal('points.insufficient', c.points, coalesce(a.available, 0));
        RETURN;
    END IF;
    e := points_draft(c, a, 'spend', 'redemption', p_now);
    e.available := -c.points;
    e := points_take(a, points_sum_up(a, e), c.points, false);
    a := points_count(a, e);
    PERFORM points_write(e);
    PERFORM points_save(a);
    PERFORM points_tell(a, e, p_announce);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
END $$;

CREATE OR REPLACE FUNCTION points_hold(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    e points_entry;
BEGIN
    a := points_open(c.member_id, c.programme_id, c.currency, false, p_now, p_now, p_announce);
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_hold(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    IF a.id IS NULL OR a.available < c.points THEN
        RETURN NEXT points_refusal('points.insufficient', c.points, coalesce(a.available, 0));
        RETURN;
    END IF;
    c.reservation_id := nextval('points_hold_id_seq');
    e := points_draft(c, a, 'hold', 'own', p_now);
    e.available := -c.points;
    e.held := c.points;
    e := points_take(a, points_sum_up(a, e), c.points, true);
    PERFORM points_write(e);
    INSERT INTO points_hold (id, member_id, account_id, programme_id, brand_id, source, points,
                             lots, lot_points, status, expires_at)
    VALUES (c.reservation_id, a.member_id, a.id, a.programme_id, c.brand_id, c.source, c.points,
            e.lots, e.lot_moved, 'held', c.expires_at);
    a := points_count(a, e);
    a.next_due_at := least(a.next_due_at, c.expires_at);
    PERFORM points_save(a);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, c.reservation_id, e)::points_reply;
END $$;

-- A reservation of somebody who was merged into the command's member.
CREATE OR REPLACE FUNCTION points_hold_of(c points_command) RETURNS points_hold
LANGUAGE plpgsql AS $$
DECLARE
    h points_hold;
BEGIN
    SELECT x.* INTO h FROM points_account a JOIN points_hold x ON x.member_id = ANY (a.also)
     WHERE a.member_id = c.member_id AND a.programme_id = c.programme_id AND a.also IS NOT NULL
       AND x.id = c.reservation_id AND x.programme_id = c.programme_id
       AND coalesce(x.brand_id = c.brand_id, true) LIMIT 1;
    RETURN h;
END $$;

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
        h := points_hold_of(c);
        IF h.id IS NULL THEN
            RETURN NEXT points_refusal('reservation.not_found');
            RETURN;
        END IF;
        c.member_id := h.member_id;
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

CREATE OR REPLACE FUNCTION points_capture(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE sql AS $$ SELECT * FROM points_close_hold(c, false, p_now, p_announce) $$;

CREATE OR REPLACE FUNCTION points_release(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE sql AS $$ SELECT * FROM points_close_hold(c, true, p_now, p_announce) $$;

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
        h := points_hold_of(c);
        IF h.id IS NULL THEN
            RETURN NEXT points_refusal('reservation.not_found');
            RETURN;
        END IF;
        c.member_id := h.member_id;
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

CREATE OR REPLACE FUNCTION points_adjust(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    e points_entry;
    v_lot bigint;
    v_clear bigint;
BEGIN
    a := points_open(c.member_id, c.programme_id, c.currency, c.points > 0, p_now, p_now, p_announce);
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_adjust(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    IF c.points < 0 THEN
        IF a.id IS NULL OR a.available < -c.points THEN
            RETURN NEXT points_refusal('points.insufficient', -c.points, coalesce(a.available, 0));
            RETURN;
        END IF;
        e := points_draft(c, a, 'adjust', 'adjustment', p_now);
        e.available := c.points;
        e := points_take(a, points_sum_up(a, e), -c.points, false);
        PERFORM points_write(e);
    ELSE
        v_clear := least(a.debt, c.points);
        v_lot := nextval('points_lot_id_seq');
        e := points_draft(c, a, 'adjust', 'adjustment', p_now);
        e.available := c.points - v_clear;
        e.debt := -v_clear;
        e.lots := ARRAY[v_lot];
        e.lot_points := ARRAY[c.points - v_clear];
        e.lot_expires := ARRAY[c.expires_at];
        e := points_sum_up(a, e);
        PERFORM points_write(e);
        INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, open, expires_at)
        VALUES (v_lot, a.member_id, a.id, e.id, c.points, c.points - v_clear,
                c.points > v_clear, c.expires_at);
        IF c.points > v_clear THEN
            a.next_due_at := least(a.next_due_at, c.expires_at);
        END IF;
    END IF;
    a := points_count(a, e);
    PERFORM points_save(a);
    PERFORM points_tell(a, e, p_announce);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
END $$;
