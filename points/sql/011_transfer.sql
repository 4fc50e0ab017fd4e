-- Everything of one member to another, lot by lot, for a merge of members: expiries, waiting
-- times, reservations and debt move as they are. Two entries for each account.

-- Clears debt with what has come in, writes the entry, keeps the account.
CREATE OR REPLACE FUNCTION points_arrive(INOUT b points_account, INOUT f points_entry)
LANGUAGE plpgsql AS $$
DECLARE
    v_clear bigint := least(b.debt + f.debt, b.available + f.available);
BEGIN
    IF v_clear > 0 THEN
        f := points_take(b, f, v_clear, false);
        f.available := f.available - v_clear;
        f.debt := f.debt - v_clear;
    END IF;
    f := points_sum_up(b, f);
    b := points_count(b, f);
    PERFORM points_write(f);
    PERFORM points_save(b);
END $$;

-- Moves the reservations of `a` into `b`; `m` maps the lots.
CREATE OR REPLACE FUNCTION points_move_holds(INOUT m points_move, a points_account, b points_account, p_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    h points_hold;
    v_new bigint;
BEGIN
    m.holds := '{}';
    m.to_holds := '{}';
    FOR h IN
        SELECT * FROM points_hold
         WHERE member_id = a.member_id AND account_id = a.id AND status = 'held' ORDER BY id
    LOOP
        v_new := nextval('points_hold_id_seq');
        INSERT INTO points_hold (id, member_id, account_id, programme_id, brand_id, source, points,
                                 lots, lot_points, status, expires_at)
        VALUES (v_new, b.member_id, b.id, h.programme_id, h.brand_id, h.source, h.points,
                ARRAY(SELECT m.to_lots[array_position(m.lots, lot)]
                        FROM unnest(h.lots) WITH ORDINALITY u (lot, n) ORDER BY n),
                h.lot_points, 'held', h.expires_at);
        UPDATE points_hold
           SET status = 'moved', resolved_at = p_at, moved_member_id = b.member_id, moved_hold_id = v_new
         WHERE member_id = a.member_id AND id = h.id;
        m.holds := m.holds || h.id;
        m.to_holds := m.to_holds || v_new;
    END LOOP;
END $$;

-- Both accounts are locked, and nothing is due. A moved lot keeps the entry that earned it.
CREATE OR REPLACE FUNCTION points_move_account(
    INOUT a points_account, INOUT b points_account, c points_command, p_now timestamptz,
    OUT e points_entry, OUT f points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    l points_lot;
    m points_move;
    r record;
    v_new bigint;
BEGIN
    e := points_draft(c, a, 'merge', 'merge', p_now);
    f := points_draft(c, b, 'merge', 'merge', p_now);
    FOR l IN
        SELECT * FROM points_lot WHERE member_id = a.member_id AND account_id = a.id AND open
         ORDER BY expires_at, id
    LOOP
        v_new := nextval('points_lot_id_seq');
        INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, held,
                                pending, graced, open, available_at, expires_at)
        VALUES (v_new, b.member_id, b.id, l.entry_id, l.remaining, l.remaining, l.held,
                l.pending, l.graced, true, l.available_at, l.expires_at);
        UPDATE points_lot SET remaining = 0, held = 0, open = false
         WHERE member_id = a.member_id AND id = l.id;
        e.lots := e.lots || l.id;
        e.lot_points := e.lot_points || -l.remaining;
        e.lot_expires := e.lot_expires || l.expires_at;
        f.lots := f.lots || v_new;
        f.lot_points := f.lot_points || l.remaining;
        f.lot_expires := f.lot_expires || l.expires_at;
    END LOOP;
    m.lots := e.lots;
    m.to_lots := f.lots;
    m.lot_points := f.lot_points;
    m := points_move_holds(m, a, b, c.occurred_at);
    f.available := a.available;
    f.pending := a.pending;
    f.held := a.held;
    f.debt := a.debt;
    e.available := -a.available;
    e.pending := -a.pending;
    e.held := -a.held;
    e.debt := -a.debt;
    m.debt := a.debt;
    b.next_due_at := least(b.next_due_at, a.next_due_at);
    e := points_sum_up(a, e);
    a := points_count(a, e);
    a.next_due_at := NULL;
    PERFORM points_write(e);
    PERFORM points_save(a);
    r := points_arrive(b, f);
    b := r.b;
    f := r.f;
    INSERT INTO points_move (member_id, to_member_id, account_id, to_account_id, idem_key, out_entry_id,
                             in_entry_id, lots, to_lots, lot_points, holds, to_holds, debt, moved_at)
    VALUES (a.member_id, b.member_id, a.id, b.id, c.key, e.id, f.id, m.lots, m.to_lots, m.lot_points,
            m.holds, m.to_holds, m.debt, c.occurred_at);
END $$;

-- Locks every account of two members, in the order everybody keeps.
CREATE OR REPLACE FUNCTION points_lock_members(p_member bigint, p_other bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM points_account WHERE member_id = least(p_member, p_other) ORDER BY id FOR UPDATE;
    PERFORM FROM points_account WHERE member_id = greatest(p_member, p_other) ORDER BY id FOR UPDATE;
END $$;

-- Answers with the entries of each account that had anything, the giving one first.
CREATE OR REPLACE FUNCTION points_transfer(c points_command, p_to_member bigint, p_now timestamptz)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    b points_account;
    m points_move;
    r record;
    v_account bigint;
    v_number integer := 0;
    v_key text := c.key;
BEGIN
    INSERT INTO points_account (member_id, programme_id, currency)
    SELECT p_to_member, x.programme_id, x.currency FROM points_account x
     WHERE x.member_id = c.member_id ORDER BY x.programme_id, x.currency
        ON CONFLICT (member_id, programme_id, currency) DO NOTHING;
    PERFORM points_lock_members(c.member_id, p_to_member);
    FOR m IN SELECT * FROM points_move
              WHERE member_id = c.member_id AND starts_with(idem_key, c.key)
                AND split_part(idem_key, E'\x1f', 1) = c.key ORDER BY id LOOP
        v_number := v_number + 1;
        FOR r IN SELECT x FROM points_entry x
                  WHERE (x.member_id = m.member_id AND x.id = m.out_entry_id)
                     OR (x.member_id = m.to_member_id AND x.id = m.in_entry_id) ORDER BY x.id LOOP
            RETURN NEXT ROW(0, NULL, 0, 0, true, false, 0, NULL, r.x)::points_reply;
        END LOOP;
    END LOOP;
    IF v_number > 0 THEN
        RETURN;
    END IF;
    FOR v_account IN SELECT id FROM points_account WHERE member_id = c.member_id ORDER BY id LOOP
        a := points_open_account(c.member_id, v_account, p_now, p_now, true);
        CONTINUE WHEN a.available + a.pending + a.held + a.debt = 0;
        SELECT * INTO b FROM points_account
         WHERE member_id = p_to_member AND programme_id = a.programme_id AND currency = a.currency;
        b := points_open_account(b.member_id, b.id, p_now, p_now, true);
        v_number := v_number + 1;
        IF v_number > 1 THEN
            c.key := points_further_key(v_key, v_number);
        END IF;
        SELECT * INTO r FROM points_move_account(a, b, c, p_now);
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.e)::points_reply;
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.f)::points_reply;
    END LOOP;
END $$;

-- Gives reservations that still hold back to `a`; `f` and `e` gather what moved with them.
CREATE OR REPLACE FUNCTION points_return_holds(
    m points_move, INOUT e points_entry, INOUT f points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    h points_hold;
    v_lot bigint;
    v_expires timestamptz;
BEGIN
    FOR i IN 1 .. cardinality(m.holds) LOOP
        SELECT * INTO h FROM points_hold WHERE member_id = m.to_member_id AND id = m.to_holds[i];
        CONTINUE WHEN h.status <> 'held';
        FOR j IN 1 .. cardinality(h.lots) LOOP
            v_lot := m.lots[array_position(m.to_lots, h.lots[j])];
            UPDATE points_lot
               SET held = held - h.lot_points[j], remaining = remaining - h.lot_points[j],
                   open = remaining > h.lot_points[j]
             WHERE member_id = m.to_member_id AND id = h.lots[j];
            UPDATE points_lot
               SET held = held + h.lot_points[j], remaining = remaining + h.lot_points[j],
                   open = true, pending = false
             WHERE member_id = m.member_id AND id = v_lot
            RETURNING expires_at INTO v_expires;
            f.lots := f.lots || h.lots[j];
            f.lot_points := f.lot_points || -h.lot_points[j];
            f.lot_expires := f.lot_expires || v_expires;
            e.lots := e.lots || v_lot;
            e.lot_points := e.lot_points || h.lot_points[j];
            e.lot_expires := e.lot_expires || v_expires;
        END LOOP;
        f.held := f.held - h.points;
        e.held := e.held + h.points;
        UPDATE points_hold
           SET status = 'moved', resolved_at = f.occurred_at, moved_member_id = m.member_id,
               moved_hold_id = m.holds[i]
         WHERE member_id = m.to_member_id AND id = h.id;
        UPDATE points_hold
           SET status = 'held', resolved_at = NULL, moved_member_id = NULL, moved_hold_id = NULL,
               expires_at = h.expires_at
         WHERE member_id = m.member_id AND id = m.holds[i];
    END LOOP;
END $$;

-- Undoes one account's move. What was spent meanwhile of the moved lots must be covered by
-- other points of the receiver; what expired meanwhile stays expired. Gives back how many
-- points are missing, and then the caller rolls back.
CREATE OR REPLACE FUNCTION points_unmove_account(
    m points_move, c points_command, p_now timestamptz,
    OUT e points_entry, OUT f points_entry, OUT missing bigint
)
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    b points_account;
    l points_lot;
    r record;
    v_need bigint;
    v_own bigint;
    v_short bigint := 0;
BEGIN
    a := points_open_account(m.member_id, m.account_id, p_now, p_now, true);
    b := points_open_account(m.to_member_id, m.to_account_id, p_now, p_now, true);
    e := points_draft(c, a, 'merge', 'merge', p_now);
    f := points_draft(c, b, 'merge', 'merge', p_now);
    r := points_return_holds(m, e, f);
    e := r.e;
    f := r.f;
    FOR i IN 1 .. cardinality(m.lots) LOOP
        SELECT * INTO l FROM points_lot WHERE member_id = m.to_member_id AND id = m.to_lots[i];
        CONTINUE WHEN l.expires_at <= p_now;
        v_need := m.lot_points[i] + coalesce((SELECT sum(p) FROM unnest(f.lots, f.lot_points) u (lot, p)
                                               WHERE lot = l.id), 0);
        v_own := least(v_need, l.remaining - l.held);
        IF l.pending THEN
            -- What a pending lot lost went back with its refund: nobody spent it.
            v_need := v_own;
        END IF;
        CONTINUE WHEN v_need = 0;
        v_short := v_short + v_need - v_own;
        UPDATE points_lot SET remaining = remaining - v_own, open = remaining > v_own
         WHERE member_id = m.to_member_id AND id = l.id;
        UPDATE points_lot
           SET remaining = remaining + v_need, open = true, pending = l.pending, available_at = l.available_at
         WHERE member_id = m.member_id AND id = m.lots[i];
        IF l.pending THEN
            f.pending := f.pending - v_own;
            e.pending := e.pending + v_own;
        ELSE
            f.available := f.available - v_own;
            e.available := e.available + v_need;
        END IF;
        f.lots := f.lots || l.id;
        f.lot_points := f.lot_points || -v_own;
        f.lot_expires := f.lot_expires || l.expires_at;
        e.lots := e.lots || m.lots[i];
        e.lot_points := e.lot_points || v_need;
        e.lot_expires := e.lot_expires || l.expires_at;
    END LOOP;
    missing := greatest(v_short - (b.available + f.available), 0);
    IF missing > 0 THEN
        RETURN;
    END IF;
    IF v_short > 0 THEN
        f := points_take(b, f, v_short, false);
        f.available := f.available - v_short;
    END IF;
    f.debt := -least(m.debt, b.debt);
    e.debt := -f.debt;
    f := points_sum_up(b, f);
    b := points_count(b, f);
    PERFORM points_write(f);
    PERFORM points_save(b);
    a.next_due_at := p_now;
    r := points_arrive(a, e);
    e := r.f;
    -- What waits for a time is looked up anew.
    PERFORM points_settle_due(r.b, p_now, p_now, c.occurred_at, true);
    UPDATE points_move SET undone_at = c.occurred_at WHERE member_id = m.member_id AND id = m.id;
END $$;

-- Undoes the transfer that `c.cause` (its key) made. The caller rolls back on a refusal.
CREATE OR REPLACE FUNCTION points_transfer_undo(c points_command, p_now timestamptz)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    m points_move;
    r record;
    v_moves points_move[];
    v_number integer := 0;
    v_key text := c.key;
BEGIN
    v_moves := ARRAY(SELECT x FROM points_move x
        WHERE member_id = c.member_id AND starts_with(idem_key, c.cause)
          AND split_part(idem_key, E'\x1f', 1) = c.cause ORDER BY id);
    IF cardinality(v_moves) = 0 THEN
        RETURN NEXT points_refusal('transfer.not_found');
        RETURN;
    END IF;
    PERFORM points_lock_members(c.member_id, v_moves[1].to_member_id);
    FOREACH m IN ARRAY v_moves LOOP
        -- Once more, under the lock.
        SELECT * INTO m FROM points_move WHERE member_id = m.member_id AND id = m.id;
        IF m.undone_at IS NOT NULL THEN
            RETURN NEXT points_refusal('transfer.undone');
            RETURN;
        END IF;
        v_number := v_number + 1;
        IF v_number > 1 THEN
            c.key := points_further_key(v_key, v_number);
        END IF;
        SELECT * INTO r FROM points_unmove_account(m, c, p_now);
        IF r.missing > 0 THEN
            RETURN NEXT points_refusal('transfer.spent', r.missing, 0);
            RETURN;
        END IF;
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.f)::points_reply;
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.e)::points_reply;
    END LOOP;
END $$;
