-- What every operation is made of: lock the account, replay, write an entry, walk the lots.
-- All of it runs as the caller (SECURITY INVOKER), reads no clock, and names member_id in
-- every statement. Whoever holds the account's row lock may change its lots and holds.

CREATE OR REPLACE FUNCTION points_refusal(p_problem text, p_asked bigint DEFAULT 0, p_had bigint DEFAULT 0)
RETURNS points_reply LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(0, p_problem, p_asked, p_had, false, false, 0, NULL, NULL)::points_reply
$$;

-- Counts the credits that a hot account took without a lock. The caller holds its lock.
CREATE OR REPLACE FUNCTION points_fold(a points_account) RETURNS points_account
LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_available bigint;
    v_pending bigint;
    v_earned bigint;
    v_due timestamptz;
BEGIN
    SELECT array_agg(id), sum(available), sum(pending), sum(earned), min(due_at)
      INTO v_ids, v_available, v_pending, v_earned, v_due
      FROM points_unfolded WHERE member_id = a.member_id AND account_id = a.id;
    IF v_ids IS NULL THEN
        RETURN a;
    END IF;
    DELETE FROM points_unfolded WHERE member_id = a.member_id AND id = ANY (v_ids);
    a.available := a.available + v_available;
    a.pending := a.pending + v_pending;
    a.lifetime_earned := a.lifetime_earned + v_earned;
    a.next_due_at := least(a.next_due_at, v_due);
    PERFORM points_save(a);
    RETURN a;
END $$;

CREATE OR REPLACE FUNCTION points_save(a points_account) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE points_account
       SET available = a.available, pending = a.pending, held = a.held, debt = a.debt,
           lifetime_earned = a.lifetime_earned, lifetime_spent = a.lifetime_spent,
           lifetime_expired = a.lifetime_expired, next_due_at = a.next_due_at
     WHERE member_id = a.member_id AND id = a.id;
END $$;

-- Locks the account, makes it if `p_make`, and posts what is due by `p_horizon`.
CREATE OR REPLACE FUNCTION points_open(
    p_member bigint, p_programme bigint, p_currency text, p_make boolean,
    p_now timestamptz, p_horizon timestamptz, p_announce boolean
) RETURNS points_account
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
BEGIN
    SELECT * INTO a FROM points_account
     WHERE member_id = p_member AND programme_id = p_programme AND currency = p_currency
       FOR UPDATE;
    IF NOT FOUND THEN
        IF NOT p_make THEN
            RETURN NULL;
        END IF;
        -- A twin may be making it: then this waits for the twin and finds its row.
        INSERT INTO points_account (member_id, programme_id, currency)
        VALUES (p_member, p_programme, p_currency)
        ON CONFLICT (member_id, programme_id, currency) DO NOTHING;
        SELECT * INTO a FROM points_account
         WHERE member_id = p_member AND programme_id = p_programme AND currency = p_currency
           FOR UPDATE;
    END IF;
    IF a.hot THEN
        a := points_fold(a);
    END IF;
    IF a.next_due_at <= p_horizon THEN
        a := points_settle_due(a, p_now, p_horizon, NULL, p_announce);
    END IF;
    RETURN a;
END $$;

-- The same for a reservation or an entry, which know their account by its id.
CREATE OR REPLACE FUNCTION points_open_account(
    p_member bigint, p_account bigint,
    p_now timestamptz, p_horizon timestamptz, p_announce boolean
) RETURNS points_account
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
BEGIN
    SELECT * INTO a FROM points_account WHERE member_id = p_member AND id = p_account FOR UPDATE;
    IF a.hot THEN
        a := points_fold(a);
    END IF;
    IF a.next_due_at <= p_horizon THEN
        a := points_settle_due(a, p_now, p_horizon, NULL, p_announce);
    END IF;
    RETURN a;
END $$;

-- The key of a command's second, third, … entry: no request can carry the separator.
CREATE OR REPLACE FUNCTION points_further_key(p_key text, p_number integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT p_key || E'\x1f' || p_number $$;

-- Everything a key has posted: the entry itself, then its further ones, in order.
CREATE OR REPLACE FUNCTION points_replay(c points_command) RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
    v_key text := c.key;
    v_number integer := 1;
    v_member bigint := c.member_id;
BEGIN
    IF (SELECT true FROM points_entry WHERE member_id = v_member AND idem_key = c.key) IS NULL THEN
        -- Posted for somebody who was merged into the member since, if for anybody.
        SELECT x.member_id INTO v_member FROM points_account a
          JOIN points_entry x ON x.member_id = ANY (a.also) AND x.idem_key = c.key
         WHERE a.member_id = c.member_id AND a.also IS NOT NULL AND x.fingerprint = c.fingerprint LIMIT 1;
    END IF;
    LOOP
        SELECT * INTO e FROM points_entry WHERE member_id = v_member AND idem_key = v_key;
        EXIT WHEN NOT FOUND;
        IF e.fingerprint <> c.fingerprint THEN
            RETURN NEXT points_refusal('idempotency.key_reused');
            RETURN;
        END IF;
        RETURN NEXT ROW(0, NULL, 0, 0, true, false, points_uncovered(e), e.reservation_id, e)::points_reply;
        -- Only these two ever post more than one entry.
        EXIT WHEN e.kind = 'spend' AND e.reservation_id IS NULL
               OR e.kind NOT IN ('spend', 'release', 'reverse', 'return');
        v_number := v_number + 1;
        v_key := points_further_key(c.key, v_number);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION points_uncovered(e points_entry) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN e.kind = 'reverse' AND e.points <= 0
                THEN e.settles + e.points - coalesce(e.excused, 0) ELSE 0 END
$$;

-- A fresh entry of a command, with nothing moved yet.
CREATE OR REPLACE FUNCTION points_draft(c points_command, a points_account, p_kind text, p_counter text, p_now timestamptz)
RETURNS points_entry
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
BEGIN
    e.id := nextval('points_entry_id_seq');
    e.member_id := a.member_id;
    e.account_id := a.id;
    e.kind := p_kind;
    e.counter := p_counter;
    e.points := 0;
    e.available := 0;
    e.pending := 0;
    e.held := 0;
    e.debt := 0;
    e.idem_key := coalesce(c.key, 'due:' || e.id);
    e.fingerprint := coalesce(c.fingerprint, ''::bytea);
    e.source := coalesce(c.source, '');
    e.rule := coalesce(c.rule, '');
    e.reason := coalesce(c.reason, '');
    e.actor := coalesce(c.actor, '');
    e.reservation_id := c.reservation_id;
    e.lots := '{}';
    e.lot_points := '{}';
    e.lot_expires := '{}';
    e.occurred_at := c.occurred_at;
    e.recorded_at := p_now;
    RETURN e;
END $$;

-- Fills in what follows from the four changes: the points, and the balance after them.
CREATE OR REPLACE FUNCTION points_sum_up(a points_account, e points_entry) RETURNS points_entry
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    e.points := e.available + e.pending + e.held - e.debt;
    e.balance_after := a.available + a.pending + a.held - a.debt + e.points;
    RETURN e;
END $$;

-- Adds the entry's changes to the account in memory.
CREATE OR REPLACE FUNCTION points_count(a points_account, e points_entry) RETURNS points_account
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    a.available := a.available + e.available;
    a.pending := a.pending + e.pending;
    a.held := a.held + e.held;
    a.debt := a.debt + e.debt;
    IF e.counter = 'issuance' THEN
        a.lifetime_earned := a.lifetime_earned + e.points;
    ELSIF e.counter = 'redemption' THEN
        a.lifetime_spent := a.lifetime_spent - e.points;
    ELSIF e.counter = 'expiry' THEN
        a.lifetime_expired := a.lifetime_expired - e.points;
    END IF;
    RETURN a;
END $$;

-- Writes the entry; false when an earning's key or source is there already. Whatever else is
-- written has looked for its key under its account's lock, but a key is the member's: moved by
-- it at once, another account may have been faster. Lots have moved by now, so all is undone.
CREATE OR REPLACE FUNCTION points_write(e points_entry) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_entry VALUES (e.*) ON CONFLICT DO NOTHING;
    IF NOT FOUND AND e.kind <> 'earn' THEN
        PERFORM points_key_taken();
    END IF;
    RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION points_key_taken() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key has posted another movement meanwhile'
        USING ERRCODE = 'unique_violation', TABLE = 'points_entry', CONSTRAINT = 'points_entry_key_once';
END $$;

-- Tells the apps above, in the same transaction. Moves within the account are not told,
-- but for activation, which members wait for.
CREATE OR REPLACE FUNCTION points_tell(a points_account, e points_entry, p_announce boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
BEGIN
    IF NOT p_announce OR e.kind IN ('hold', 'release') THEN
        RETURN;
    END IF;
    v_name := CASE e.kind
        WHEN 'earn' THEN 'points.earned.v1'
        WHEN 'activate' THEN 'points.activated.v1'
        WHEN 'spend' THEN 'points.spent.v1'
        WHEN 'return' THEN 'points.returned.v1'
        WHEN 'reverse' THEN 'points.reversed.v1'
        WHEN 'expire' THEN 'points.expired.v1'
        ELSE 'points.adjusted.v1' END;
    INSERT INTO kernel_outboxevent (name, payload, programme_id, member_id, occurred_at, recorded_at)
    VALUES (v_name,
            jsonb_build_object(
                'entry_id', e.id, 'currency', a.currency,
                'points', CASE WHEN e.kind = 'activate' THEN -e.pending ELSE e.points END,
                'balance', e.balance_after, 'source', e.source, 'reason', e.reason),
            a.programme_id, e.member_id, e.occurred_at, e.recorded_at);
END $$;

-- Takes (or with `p_hold` reserves) free points, the lots that expire first first.
-- `p_not` names a lot to leave alone. The caller has checked that enough is available.
CREATE OR REPLACE FUNCTION points_take(
    a points_account, INOUT e points_entry, p_points bigint, p_hold boolean, p_not bigint DEFAULT 0
)
LANGUAGE plpgsql AS $$
DECLARE
    l record;
    v_left bigint := p_points;
    v_take bigint;
BEGIN
    FOR l IN
        SELECT id, expires_at, remaining - held AS free FROM points_lot
         WHERE member_id = a.member_id AND account_id = a.id
           AND open AND NOT pending AND remaining > held AND id <> p_not
         ORDER BY expires_at, id
    LOOP
        v_take := least(v_left, l.free);
        IF p_hold THEN
            UPDATE points_lot SET held = held + v_take
             WHERE member_id = a.member_id AND id = l.id;
            e.lot_points := e.lot_points || 0::bigint;
            e.lot_moved := e.lot_moved || v_take;
        ELSE
            UPDATE points_lot SET remaining = remaining - v_take, open = remaining > v_take
             WHERE member_id = a.member_id AND id = l.id;
            e.lot_points := e.lot_points || -v_take;
        END IF;
        e.lots := e.lots || l.id;
        e.lot_expires := e.lot_expires || l.expires_at;
        v_left := v_left - v_take;
        EXIT WHEN v_left = 0;
    END LOOP;
    IF v_left > 0 THEN
        RAISE EXCEPTION 'account % of member % counts % points more than its lots hold',
            a.id, a.member_id, v_left USING ERRCODE = 'data_corrupted';
    END IF;
END $$;

-- Frees what a reservation holds but for the first `p_captured` points, which are spent.
-- Freed points clear debt first. Gives back the account and the entries to be written.
CREATE OR REPLACE FUNCTION points_resolve(
    INOUT a points_account, h points_hold, p_captured bigint, p_status text,
    c points_command, p_now timestamptz, p_announce boolean, OUT entries points_entry[]
)
LANGUAGE plpgsql AS $$
DECLARE
    s points_entry;
    r points_entry;
    v_left bigint := p_captured;
    v_held bigint;
    v_spent bigint;
    v_clear bigint;
    v_expires timestamptz;
BEGIN
    entries := '{}';
    c.reservation_id := h.id;
    IF p_captured > 0 THEN
        s := points_draft(c, a, 'spend', 'redemption', p_now);
        c.key := points_further_key(c.key, 2);
    END IF;
    IF p_captured < h.points THEN
        r := points_draft(c, a, 'release', 'own', p_now);
    END IF;
    FOR i IN 1 .. cardinality(h.lots) LOOP
        v_held := h.lot_points[i];
        v_spent := least(v_left, v_held);
        v_left := v_left - v_spent;
        v_clear := least(a.debt + coalesce(r.debt, 0), v_held - v_spent);
        UPDATE points_lot
           SET held = held - v_held, remaining = remaining - v_spent - v_clear,
               open = remaining > v_spent + v_clear
         WHERE member_id = a.member_id AND id = h.lots[i]
        RETURNING expires_at INTO v_expires;
        IF v_spent > 0 THEN
            s.held := s.held - v_spent;
            s.lots := s.lots || h.lots[i];
            s.lot_points := s.lot_points || -v_spent;
            s.lot_expires := s.lot_expires || v_expires;
        END IF;
        IF v_held > v_spent THEN
            r.held := r.held - (v_held - v_spent);
            r.available := r.available + (v_held - v_spent - v_clear);
            r.debt := r.debt - v_clear;
            r.lots := r.lots || h.lots[i];
            r.lot_points := r.lot_points || -v_clear;
            r.lot_moved := r.lot_moved || v_held - v_spent;
            r.lot_expires := r.lot_expires || v_expires;
            a.next_due_at := least(a.next_due_at, v_expires);
        END IF;
    END LOOP;
    IF p_captured > 0 THEN
        s := points_sum_up(a, s);
        a := points_count(a, s);
        PERFORM points_write(s);
        PERFORM points_tell(a, s, p_announce);
        entries := entries || s;
    END IF;
    IF p_captured < h.points THEN
        r := points_sum_up(a, r);
        a := points_count(a, r);
        PERFORM points_write(r);
        entries := entries || r;
    END IF;
    UPDATE points_hold SET status = p_status, captured = p_captured, resolved_at = c.occurred_at
     WHERE member_id = a.member_id AND id = h.id;
END $$;
