-- Writing down what has fallen due, for up to ten thousand members in one transaction.
-- Most accounts only have lots to expire, or only points to mature: those go in one
-- statement over all of them. The rest goes one by one, in order of time.
-- Accounts are locked in one order and judged again under the lock, so a second run finds
-- nothing. What is locked is passed over: sweeps side by side go on to other members, and a
-- movement posts what is due of its account itself; the next run sees to what was left. Whoever holds an account's lock is alone with its
-- lots, so a lot is still where the same statement read it: they are changed by their place.
-- Lots are looked up account by account, by one plan for all chunks: compared with a list of
-- ten thousand, each lot would be held against all of them in turn.

CREATE OR REPLACE FUNCTION points_sweep(p_members bigint[], p_now timestamptz, OUT accounts bigint, OUT points bigint)
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
    a points_account;
    v_expiring points_account[];
    v_maturing points_account[];
    v_single points_account[];
    v_mixed points_account[];
BEGIN
    SELECT count(*),
           array_agg(x.q) FILTER (WHERE NOT x.single AND (x.q).pending = 0),
           array_agg(x.q) FILTER (WHERE NOT x.single AND (x.q).pending > 0),
           array_agg(x.q) FILTER (WHERE x.single)
      INTO accounts, v_expiring, v_maturing, v_single
      FROM (SELECT q, q.hot OR q.held > 0 OR (q.pending > 0 AND q.debt > 0) AS single
              FROM points_account q
             WHERE q.member_id = ANY (p_members) AND (q.next_due_at <= p_now OR q.hot)
             ORDER BY q.member_id, q.id FOR UPDATE SKIP LOCKED) x;
    points := points_expire_many(v_expiring, p_now);
    -- Where something expires as well, the order of time matters.
    SELECT array_agg(x.u) FILTER (WHERE x.expires), array_agg(x.u) FILTER (WHERE x.expires IS NULL)
      INTO v_mixed, v_maturing
      FROM (SELECT u, (SELECT true FROM points_lot l
                        WHERE l.member_id = u.member_id AND l.account_id = u.id
                          AND l.open AND l.expires_at <= p_now LIMIT 1) AS expires
              FROM unnest(v_maturing) u) x;
    PERFORM points_mature_many(v_maturing, p_now);
    FOREACH a IN ARRAY coalesce(v_single || v_mixed, '{}') LOOP
        IF a.hot THEN
            a := points_fold(a);
        END IF;
        points := points - a.lifetime_expired;
        a := points_settle_due(a, p_now, p_now, NULL, false);
        points := points + a.lifetime_expired;
    END LOOP;
END $$;

-- Expires what is due of accounts that hold and await nothing: one entry for each account
-- and date, and each account and lot touched once. One reading of an account's open lots tells
-- what is due and what comes next.
CREATE OR REPLACE FUNCTION points_expire_many(p_accounts points_account[], p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_accounts bigint;
    v_points bigint;
BEGIN
    WITH kept AS MATERIALIZED (
        SELECT l.ctid, l.member_id, l.account_id, l.id, l.remaining, l.expires_at,
               u.available - u.debt AS balance,
               min(l.expires_at) FILTER (WHERE l.expires_at > p_now) OVER (
                   PARTITION BY l.member_id, l.account_id) AS next_due
          FROM unnest(p_accounts) u
          JOIN points_lot l ON l.member_id = u.member_id AND l.account_id = u.id AND l.open),
    due AS (SELECT * FROM kept WHERE expires_at <= p_now),
    gone AS (
        UPDATE points_lot l SET lapsed = l.lapsed + l.remaining, remaining = 0, open = false
          FROM due d WHERE l.ctid = d.ctid AND l.member_id = d.member_id),
    dated AS MATERIALIZED (
        SELECT nextval('points_entry_id_seq') AS id, g.* FROM (
            SELECT member_id, account_id, expires_at, min(balance) AS balance,
                   min(next_due) AS next_due, sum(remaining)::bigint AS points,
                   array_agg(due.id ORDER BY due.id) AS lots,
                   array_agg(-remaining ORDER BY due.id) AS lot_points,
                   array_agg(expires_at) AS lot_expires
              FROM due
             GROUP BY member_id, account_id, expires_at
             ORDER BY member_id, account_id, expires_at) g),
    written AS (
        INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available,
            balance_after, idem_key, fingerprint, source, lots, lot_points, lot_expires,
            occurred_at, recorded_at)
        SELECT d.id, d.member_id, d.account_id, 'expire', 'expiry', -d.points, -d.points,
               d.balance - sum(d.points) OVER (
                   PARTITION BY d.member_id, d.account_id ORDER BY d.expires_at),
               'due:' || d.id, '', '', d.lots, d.lot_points, d.lot_expires, d.expires_at, p_now
          FROM dated d),
    counted AS (
        UPDATE points_account a
           SET available = a.available - d.points,
               lifetime_expired = a.lifetime_expired + d.points,
               next_due_at = d.next_due
          FROM (SELECT member_id, account_id, min(dated.next_due) AS next_due,
                       sum(dated.points)::bigint AS points
                  FROM dated GROUP BY member_id, account_id) d
         WHERE a.member_id = d.member_id AND a.id = d.account_id
        RETURNING d.points)
    SELECT count(*), coalesce(sum(counted.points), 0) INTO v_accounts, v_points FROM counted;
    IF v_accounts < cardinality(p_accounts) THEN
        PERFORM points_await_next(p_accounts, p_now);
    END IF;
    RETURN v_points;
END $$;

-- Matures what is due of accounts that owe and hold nothing and have nothing to expire.
CREATE OR REPLACE FUNCTION points_mature_many(p_accounts points_account[], p_now timestamptz)
RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_accounts bigint;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT l.ctid, l.member_id, l.account_id, l.id, l.remaining, l.available_at, l.expires_at,
               u.available + u.pending + u.held - u.debt AS balance
          FROM unnest(p_accounts) u
          JOIN points_lot l ON l.member_id = u.member_id AND l.account_id = u.id
                           AND l.open AND l.pending AND l.available_at <= p_now),
    ripe AS (
        UPDATE points_lot l SET pending = false
          FROM due d WHERE l.ctid = d.ctid AND l.member_id = d.member_id),
    dated AS MATERIALIZED (
        SELECT nextval('points_entry_id_seq') AS id, g.* FROM (
            SELECT member_id, account_id, available_at, min(balance) AS balance,
                   sum(remaining)::bigint AS points,
                   array_agg(due.id ORDER BY expires_at, due.id) AS lots,
                   array_agg(0::bigint) AS lot_points,
                   array_agg(remaining ORDER BY expires_at, due.id) AS lot_moved,
                   array_agg(expires_at ORDER BY expires_at, due.id) AS lot_expires
              FROM due
             GROUP BY member_id, account_id, available_at
             ORDER BY member_id, account_id, available_at) g),
    written AS (
        INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available,
            pending, balance_after, idem_key, fingerprint, source, lots, lot_points, lot_moved,
            lot_expires, occurred_at, recorded_at)
        SELECT d.id, d.member_id, d.account_id, 'activate', 'own', 0, d.points, -d.points,
               d.balance, 'due:' || d.id, '', '', d.lots, d.lot_points, d.lot_moved,
               d.lot_expires, d.available_at, p_now
          FROM dated d),
    counted AS (
        UPDATE points_account a
           SET available = a.available + d.points,
               pending = a.pending - d.points,
               next_due_at = (
                   SELECT least(min(l.expires_at), min(l.available_at) FILTER (
                              WHERE l.pending AND l.available_at > p_now))
                     FROM points_lot l
                    WHERE l.member_id = a.member_id AND l.account_id = a.id AND l.open)
          FROM (SELECT member_id, account_id, sum(dated.points)::bigint AS points
                  FROM dated GROUP BY member_id, account_id) d
         WHERE a.member_id = d.member_id AND a.id = d.account_id
        RETURNING d.points)
    SELECT count(*) INTO v_accounts FROM counted;
    IF v_accounts < cardinality(p_accounts) THEN
        PERFORM points_await_next(p_accounts, p_now);
    END IF;
END $$;

-- Accounts that were due and had nothing: spent or refunded before their date. They wait for
-- their next date, or for none.
CREATE OR REPLACE FUNCTION points_await_next(p_accounts points_account[], p_now timestamptz)
RETURNS void
LANGUAGE sql AS $$
    UPDATE points_account a
       SET next_due_at = (
               SELECT least(min(l.expires_at), min(l.available_at) FILTER (WHERE l.pending))
                 FROM points_lot l
                WHERE l.member_id = a.member_id AND l.account_id = a.id AND l.open)
      FROM unnest(p_accounts) u
     WHERE a.member_id = u.member_id AND a.id = u.id AND a.next_due_at <= p_now
$$;
