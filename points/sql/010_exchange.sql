-- Points of one programme against points of another: two entries in one transaction, each
-- against its programme's clearing account `exchange`. Rate, fee and limits are told by the
-- caller, who read them from a dated rate; here they meet the balance under its lock.

CREATE OR REPLACE FUNCTION points_lock(p_member bigint, p_account bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM points_account WHERE member_id = p_member AND id = p_account FOR UPDATE;
END $$;

-- Locks two accounts in the order everybody keeps (member, account), whichever gives, so
-- that exchanges both ways cannot wait for each other in a circle; then posts what is due.
CREATE OR REPLACE FUNCTION points_open_both(
    p_member bigint, p_account bigint, p_other_member bigint, p_other_account bigint,
    p_now timestamptz, p_announce boolean, OUT a points_account, OUT b points_account
)
LANGUAGE plpgsql AS $$
BEGIN
    IF (p_member, p_account) < (p_other_member, p_other_account) THEN
        PERFORM points_lock(p_member, p_account);
        PERFORM points_lock(p_other_member, p_other_account);
    ELSE
        PERFORM points_lock(p_other_member, p_other_account);
        PERFORM points_lock(p_member, p_account);
    END IF;
    a := points_open_account(p_member, p_account, p_now, p_now, p_announce);
    b := points_open_account(p_other_member, p_other_account, p_now, p_now, p_announce);
END $$;

-- The account of whoever the member of an account has become by a merge.
CREATE OR REPLACE FUNCTION points_account_now(p_member bigint, p_account bigint) RETURNS points_account
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
BEGIN
    SELECT s.* INTO a FROM points_account x
      JOIN points_account s ON s.member_id = coalesce(x.moved_to, x.member_id)
       AND s.programme_id = x.programme_id AND s.currency = x.currency
     WHERE x.member_id = p_member AND x.id = p_account;
    RETURN a;
END $$;

-- Counts an exchange against the day's limits; gives the refusal, or NULL when it may go on.
-- The giving account is locked, so the member's own sum stands still; the pair's is a row.
CREATE OR REPLACE FUNCTION points_count_exchange(
    x points_exchange, p_member_limit bigint, p_pair_limit bigint
) RETURNS points_reply
LANGUAGE plpgsql AS $$
DECLARE
    v_given bigint;
    v_they bigint[];
BEGIN
    IF p_member_limit IS NOT NULL THEN
        -- With whom the member was ever one may have undone what the member gave.
        SELECT a.kin || a.member_id INTO v_they FROM points_account a
         WHERE a.member_id = x.member_id AND a.programme_id = x.from_programme_id
           AND a.currency = x.from_currency;
        SELECT coalesce(sum(g.given), 0) INTO v_given FROM points_account a
          JOIN points_exchange g ON g.member_id = ANY (a.also || a.member_id)
         WHERE a.member_id = x.member_id AND a.programme_id = x.from_programme_id
           AND a.currency = x.from_currency AND g.day = x.day AND g.reverses IS NULL
           AND g.from_programme_id = x.from_programme_id AND g.from_currency = x.from_currency
           AND g.to_programme_id = x.to_programme_id AND g.to_currency = x.to_currency
           AND NOT EXISTS (SELECT FROM points_exchange r
                            WHERE r.member_id = ANY (v_they) AND r.reverses = g.id);
        IF v_given + x.given > p_member_limit THEN
            RETURN points_refusal('exchange.member_limit', x.given, p_member_limit - v_given);
        END IF;
    END IF;
    INSERT INTO points_exchangeday AS d (from_programme_id, from_currency, to_programme_id, to_currency, day, given)
    SELECT x.from_programme_id, x.from_currency, x.to_programme_id, x.to_currency, x.day, x.given
     WHERE p_pair_limit IS NULL OR x.given <= p_pair_limit
        ON CONFLICT (from_programme_id, from_currency, to_programme_id, to_currency, day)
        DO UPDATE SET given = d.given + excluded.given
         WHERE p_pair_limit IS NULL OR d.given + excluded.given <= p_pair_limit;
    IF NOT FOUND THEN
        SELECT coalesce(sum(d.given), 0) INTO v_given FROM points_exchangeday d
         WHERE d.from_programme_id = x.from_programme_id AND d.from_currency = x.from_currency
           AND d.to_programme_id = x.to_programme_id AND d.to_currency = x.to_currency AND d.day = x.day;
        RETURN points_refusal('exchange.pair_limit', x.given, greatest(p_pair_limit - v_given, 0));
    END IF;
    RETURN NULL;
END $$;

-- Opens the lots of what is received. With `p_carry` they keep the dates of the points given,
-- where those are earlier: exchanging there and back must not lengthen a life. The parts are
-- cumulative shares rounded down, so that they add up.
CREATE OR REPLACE FUNCTION points_receive(
    INOUT b points_account, d points_command, given points_entry, p_carry boolean,
    p_now timestamptz, OUT f points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    v_lots integer := CASE WHEN p_carry THEN cardinality(given.lots) ELSE 1 END;
    v_whole numeric := -given.available;
    v_sum numeric := 0;
    v_done bigint := 0;
    v_part bigint;
    v_clear bigint;
    v_expires timestamptz;
    v_lot bigint;
BEGIN
    f := points_draft(d, b, 'exchange_in', 'exchange', p_now);
    FOR i IN 1 .. v_lots LOOP
        v_expires := d.expires_at;
        IF p_carry THEN
            v_sum := v_sum - given.lot_points[i];
            v_expires := least(v_expires, given.lot_expires[i]);
        ELSE
            v_sum := v_whole;
        END IF;
        v_part := floor(d.points * v_sum / v_whole)::bigint - v_done;
        CONTINUE WHEN v_part = 0;
        v_done := v_done + v_part;
        v_clear := least(b.debt + f.debt, v_part);
        v_lot := nextval('points_lot_id_seq');
        INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, open, expires_at)
        VALUES (v_lot, b.member_id, b.id, f.id, v_part, v_part - v_clear, v_part > v_clear, v_expires);
        f.debt := f.debt - v_clear;
        f.available := f.available + v_part - v_clear;
        f.lots := f.lots || v_lot;
        f.lot_points := f.lot_points || v_part - v_clear;
        f.lot_expires := f.lot_expires || v_expires;
        IF v_part > v_clear THEN
            b.next_due_at := least(b.next_due_at, v_expires);
        END IF;
    END LOOP;
    f := points_sum_up(b, f);
    b := points_count(b, f);
END $$;

-- `c` gives, `d` receives. Answers with both entries, the giver's first.
CREATE OR REPLACE FUNCTION points_exchange_now(
    c points_command, d points_command, p_rate bigint, p_fee bigint, p_day date, p_carry boolean,
    p_member_limit bigint, p_pair_limit bigint, p_now timestamptz
) RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    b points_account;
    e points_entry;
    r record;
    x points_exchange;
    v_refusal points_reply;
BEGIN
    SELECT * INTO a FROM points_account
     WHERE member_id = c.member_id AND programme_id = c.programme_id AND currency = c.currency;
    IF a.id IS NULL THEN
        RETURN NEXT points_refusal('points.insufficient', c.points, 0);
        RETURN;
    END IF;
    -- Made before anything is locked: whoever makes it too waits here, holding nothing.
    INSERT INTO points_account (member_id, programme_id, currency)
    VALUES (d.member_id, d.programme_id, d.currency)
        ON CONFLICT (member_id, programme_id, currency) DO NOTHING;
    SELECT * INTO b FROM points_account
     WHERE member_id = d.member_id AND programme_id = d.programme_id AND currency = d.currency;
    IF a.moved_to IS NULL AND b.moved_to IS NULL THEN
        r := points_open_both(a.member_id, a.id, b.member_id, b.id, p_now, true);
        a := r.a;
        b := r.b;
    END IF;
    IF a.moved_to IS NOT NULL OR b.moved_to IS NOT NULL THEN
        c.member_id := coalesce(a.moved_to, a.member_id);
        d.member_id := coalesce(b.moved_to, b.member_id);
        RETURN QUERY SELECT * FROM points_exchange_now(
            c, d, p_rate, p_fee, p_day, p_carry, p_member_limit, p_pair_limit, p_now);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay_exchange(c);
        RETURN;
    END IF;
    IF a.available < c.points THEN
        RETURN NEXT points_refusal('points.insufficient', c.points, a.available);
        RETURN;
    END IF;
    x.id := nextval('points_exchange_id_seq');
    x.member_id := c.member_id;
    x.to_member_id := d.member_id;
    x.rate_id := p_rate;
    x.from_programme_id := c.programme_id;
    x.from_currency := c.currency;
    x.to_programme_id := d.programme_id;
    x.to_currency := d.currency;
    x.day := p_day;
    x.given := c.points;
    x.fee := p_fee;
    x.received := d.points;
    x.occurred_at := c.occurred_at;
    v_refusal := points_count_exchange(x, p_member_limit, p_pair_limit);
    IF v_refusal.problem IS NOT NULL THEN
        RETURN NEXT v_refusal;
        RETURN;
    END IF;
    e := points_draft(c, a, 'exchange_out', 'exchange', p_now);
    e.available := -c.points;
    e := points_take(a, points_sum_up(a, e), c.points, false);
    a := points_count(a, e);
    PERFORM points_write(e);
    PERFORM points_save(a);
    d.key := points_further_key(c.key, 2);
    r := points_receive(b, d, e, p_carry, p_now);
    PERFORM points_write(r.f);
    PERFORM points_save(r.b);
    x.out_entry_id := e.id;
    x.in_entry_id := (r.f).id;
    INSERT INTO points_exchange VALUES (x.*);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, r.f)::points_reply;
END $$;

CREATE OR REPLACE FUNCTION points_replay_exchange(c points_command) RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    e points_entry;
    f points_entry;
    x points_exchange;
BEGIN
    SELECT * INTO e FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key;
    IF NOT FOUND THEN
        SELECT y.* INTO e FROM points_account a
          JOIN points_entry y ON y.member_id = ANY (a.also) AND y.idem_key = c.key
         WHERE a.member_id = c.member_id AND a.also IS NOT NULL AND y.fingerprint = c.fingerprint LIMIT 1;
    END IF;
    SELECT * INTO x FROM points_exchange WHERE member_id = e.member_id AND out_entry_id = e.id;
    IF e.fingerprint <> c.fingerprint OR NOT FOUND THEN
        RETURN NEXT points_refusal('idempotency.key_reused');
        RETURN;
    END IF;
    SELECT * INTO f FROM points_entry WHERE member_id = x.to_member_id AND id = x.in_entry_id;
    RETURN NEXT ROW(0, NULL, 0, 0, true, false, 0, NULL, e)::points_reply;
    RETURN NEXT ROW(0, NULL, 0, 0, true, false, 0, NULL, f)::points_reply;
END $$;

-- Undoes exchange `c.entry_id`: what was received is taken back, whole or not at all; what
-- was given returns to its lots as any return does, with `c.grace_until`. `c` speaks for the
-- giver; the receiver's entry takes the key's second number. Who has been merged meanwhile
-- gives and takes as the one they became.
CREATE OR REPLACE FUNCTION points_exchange_undo(c points_command, p_day date, p_now timestamptz)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    b points_account;
    x points_exchange;
    y points_exchange;
    e points_entry;
    f points_entry;
    d points_command := c;
    r record;
BEGIN
    SELECT * INTO x FROM points_exchange
     WHERE member_id = c.member_id AND id = c.entry_id AND reverses IS NULL;
    IF NOT FOUND THEN
        RETURN NEXT points_refusal('exchange.not_found');
        RETURN;
    END IF;
    SELECT * INTO e FROM points_entry WHERE member_id = x.member_id AND id = x.out_entry_id;
    SELECT * INTO f FROM points_entry WHERE member_id = x.to_member_id AND id = x.in_entry_id;
    a := points_account_now(e.member_id, e.account_id);
    b := points_account_now(f.member_id, f.account_id);
    r := points_open_both(a.member_id, a.id, b.member_id, b.id, p_now, true);
    a := r.a;
    b := r.b;
    IF a.moved_to IS NOT NULL OR b.moved_to IS NOT NULL THEN
        -- Merged while this waited for the lock.
        RETURN QUERY SELECT * FROM points_exchange_undo(c, p_day, p_now);
        RETURN;
    END IF;
    c.member_id := a.member_id;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay_exchange(c);
        RETURN;
    ELSIF EXISTS (SELECT FROM points_exchange
                   WHERE member_id = ANY (a.kin || a.member_id) AND reverses = x.id) THEN
        RETURN NEXT points_refusal('entry.already_reversed');
        RETURN;
    ELSIF b.available < x.received
       OR EXISTS (SELECT FROM points_lot
                   WHERE b.member_id = f.member_id
                     AND member_id = b.member_id AND id = ANY (f.lots) AND lapsed > 0)
       OR b.member_id <> f.member_id AND EXISTS (
            SELECT FROM unnest(f.lots) lot WHERE points_lapsed_of(b, f, lot) > 0)
    THEN
        RETURN NEXT points_refusal('exchange.spent', x.received, b.available);
        RETURN;
    END IF;
    c.cause := coalesce(c.cause, 'exchange:' || x.id);
    d.cause := c.cause;
    d.policy := 'within_balance';
    d.key := points_further_key(c.key, 2);
    r := points_give_back(a, e, c, x.given, 0, p_now);
    a := r.a;
    e := r.e;
    PERFORM points_write(e);
    IF a.next_due_at <= p_now THEN
        PERFORM points_settle_due(a, p_now, p_now, c.occurred_at, true);
    ELSE
        PERFORM points_save(a);
    END IF;
    r := points_take_back(b, f, d, x.received, p_now);
    f := r.e;
    PERFORM points_write(f);
    PERFORM points_save(r.a);
    UPDATE points_exchangeday SET given = given - x.given
     WHERE from_programme_id = x.from_programme_id AND from_currency = x.from_currency
       AND to_programme_id = x.to_programme_id AND to_currency = x.to_currency AND day = x.day;
    y := x;
    y.member_id := a.member_id;
    y.to_member_id := b.member_id;
    y.id := nextval('points_exchange_id_seq');
    y.day := p_day;
    y.given := -x.given;
    y.fee := -x.fee;
    y.received := -x.received;
    y.out_entry_id := e.id;
    y.in_entry_id := f.id;
    y.reverses := x.id;
    y.occurred_at := c.occurred_at;
    INSERT INTO points_exchange VALUES (y.*);
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, e)::points_reply;
    RETURN NEXT ROW(0, NULL, 0, 0, false, false, 0, NULL, f)::points_reply;
END $$;
