-- Writing down what has fallen due, for up to ten thousand members in one transaction.
-- Most accounts only have lots to expire, or only points to mature: those go in a handful
-- of statements over all of them. The rest goes one by one, in order of time.
-- Accounts are locked in one order and judged again under the lock, so sweeps may run side
-- by side, and a second run finds nothing. Statements are planned for the members at hand:
-- a plan made once for all compares each lot with ten thousand accounts in turn.

CREATE OR REPLACE FUNCTION points_sweep(p_members bigint[], p_now timestamptz, OUT accounts bigint, OUT points bigint)
LANGUAGE plpgsql
SET jit = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    a points_account;
    v_due points_account[];
    v_expiring bigint[] := '{}';
    v_maturing bigint[] := '{}';
    v_single integer[] := '{}';
    v_one bigint;
BEGIN
    -- The lock goes by index of the one table; the array keeps what was locked.
    v_due := ARRAY(SELECT x FROM (
        SELECT * FROM points_account
         WHERE member_id = ANY (p_members) AND (next_due_at <= p_now OR hot)
         ORDER BY member_id, id FOR UPDATE) x);
    accounts := cardinality(v_due);
    points := 0;
    FOR i IN 1 .. accounts LOOP
        a := v_due[i];
        IF a.hot OR a.held > 0 OR (a.pending > 0 AND a.debt > 0) THEN
            v_single := v_single || i;
        ELSIF a.pending = 0 THEN
            v_expiring := v_expiring || a.id;
        ELSE
            v_maturing := v_maturing || a.id;
        END IF;
    END LOOP;
    points := points + points_expire_many(p_members, v_expiring, p_now);
    IF cardinality(v_maturing) > 0 THEN
        -- Where something expires as well, the order of time matters.
        v_single := v_single || ARRAY(
            SELECT u.n::integer FROM unnest(v_due) WITH ORDINALITY u (
                id, member_id, programme_id, currency, available, pending, held, debt,
                lifetime_earned, lifetime_spent, lifetime_expired, next_due_at, hot, n)
             WHERE u.id = ANY (v_maturing) AND (
                SELECT true FROM points_lot l WHERE l.member_id = u.member_id AND l.account_id = u.id
                   AND l.open AND l.expires_at <= p_now LIMIT 1));
        v_maturing := ARRAY(
            SELECT m FROM unnest(v_maturing) m
            EXCEPT SELECT (v_due[i]).id FROM unnest(v_single) i);
        PERFORM points_mature_many(p_members, v_maturing, p_now);
    END IF;
    FOREACH v_one IN ARRAY v_single LOOP
        a := v_due[v_one];
        IF a.hot THEN
            a := points_fold(a);
        END IF;
        points := points - a.lifetime_expired;
        a := points_settle_due(a, p_now, p_now, NULL, false);
        points := points + a.lifetime_expired;
    END LOOP;
END $$;

-- Expires what is due of accounts that hold and await nothing: one entry for each account
-- and date, and each account and lot touched once.
CREATE OR REPLACE FUNCTION points_expire_many(p_members bigint[], p_accounts bigint[], p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_points bigint;
BEGIN
    INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available,
        balance_after, idem_key, fingerprint, source, lots, lot_points, lot_expires,
        occurred_at, recorded_at)
    SELECT d.id, d.member_id, d.account_id, 'expire', 'expiry', -d.points, -d.points,
           a.available - a.debt - sum(d.points) OVER (PARTITION BY d.member_id, d.account_id
                                                      ORDER BY d.expires_at),
           'due:' || d.id, '', '', d.lots, d.lot_points,
           array_fill(d.expires_at, ARRAY[cardinality(d.lots)]), d.expires_at, p_now
      FROM (SELECT nextval('points_entry_id_seq') AS id, g.* FROM (
                SELECT member_id, account_id, expires_at, sum(remaining)::bigint AS points,
                       array_agg(id ORDER BY id) AS lots,
                       array_agg(-remaining ORDER BY id) AS lot_points
                  FROM points_lot
                 WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts)
                   AND open AND expires_at <= p_now
                 GROUP BY member_id, account_id, expires_at
                 ORDER BY member_id, account_id, expires_at) g) d
      JOIN points_account a ON a.member_id = d.member_id AND a.id = d.account_id;
    UPDATE points_account a
       SET available = a.available - d.points,
           lifetime_expired = a.lifetime_expired + d.points,
           next_due_at = d.next_at
      FROM (SELECT member_id, account_id,
                   coalesce(sum(remaining) FILTER (WHERE expires_at <= p_now), 0)::bigint AS points,
                   min(expires_at) FILTER (WHERE expires_at > p_now) AS next_at
              FROM points_lot
             WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts) AND open
             GROUP BY member_id, account_id) d
     WHERE a.member_id = d.member_id AND a.id = d.account_id;
    -- Spent to nothing before their date: nothing waits any longer.
    UPDATE points_account SET next_due_at = NULL
     WHERE member_id = ANY (p_members) AND id = ANY (p_accounts) AND next_due_at <= p_now;
    SELECT coalesce(sum(remaining), 0) INTO v_points FROM points_lot
     WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts)
       AND open AND expires_at <= p_now;
    UPDATE points_lot SET lapsed = lapsed + remaining, remaining = 0, open = false
     WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts)
       AND open AND expires_at <= p_now;
    RETURN v_points;
END $$;

-- Matures what is due of accounts that owe and hold nothing and have nothing to expire.
CREATE OR REPLACE FUNCTION points_mature_many(p_members bigint[], p_accounts bigint[], p_now timestamptz)
RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available, pending,
        balance_after, idem_key, fingerprint, source, lots, lot_points, lot_moved, lot_expires,
        occurred_at, recorded_at)
    SELECT d.id, d.member_id, d.account_id, 'activate', 'own', 0, d.points, -d.points,
           a.available + a.pending + a.held - a.debt, 'due:' || d.id, '', '',
           d.lots, array_fill(0::bigint, ARRAY[cardinality(d.lots)]), d.lot_moved, d.lot_expires,
           d.available_at, p_now
      FROM (SELECT nextval('points_entry_id_seq') AS id, g.* FROM (
                SELECT member_id, account_id, available_at, sum(remaining)::bigint AS points,
                       array_agg(id ORDER BY expires_at, id) AS lots,
                       array_agg(remaining ORDER BY expires_at, id) AS lot_moved,
                       array_agg(expires_at ORDER BY expires_at, id) AS lot_expires
                  FROM points_lot
                 WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts)
                   AND open AND pending AND available_at <= p_now
                 GROUP BY member_id, account_id, available_at
                 ORDER BY member_id, account_id, available_at) g) d
      JOIN points_account a ON a.member_id = d.member_id AND a.id = d.account_id;
    UPDATE points_account a
       SET available = a.available + d.points, pending = a.pending - d.points,
           next_due_at = d.next_at
      FROM (SELECT member_id, account_id,
                   coalesce(sum(remaining) FILTER (WHERE pending AND available_at <= p_now), 0)::bigint AS points,
                   least(min(expires_at), min(available_at) FILTER (
                       WHERE pending AND available_at > p_now)) AS next_at
              FROM points_lot
             WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts) AND open
             GROUP BY member_id, account_id) d
     WHERE a.member_id = d.member_id AND a.id = d.account_id;
    UPDATE points_lot SET pending = false
     WHERE member_id = ANY (p_members) AND account_id = ANY (p_accounts)
       AND open AND pending AND available_at <= p_now;
END $$;
