-- Many commands in one round trip. Every account concerned is locked first, in one order,
-- so that two batches cannot wait for each other in a circle.

CREATE OR REPLACE FUNCTION points_apply(c points_command, p_now timestamptz, p_announce boolean)
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

-- Makes the accounts that earnings of a batch still want, and locks all it concerns.
CREATE OR REPLACE FUNCTION points_open_many(p_commands jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_account (member_id, programme_id, currency)
    SELECT DISTINCT c.member_id, c.programme_id, c.currency
      FROM jsonb_populate_recordset(NULL::points_command, p_commands) c
      LEFT JOIN points_account a ON a.member_id = c.member_id
            AND a.programme_id = c.programme_id AND a.currency = c.currency
     WHERE a.id IS NULL AND c.op IN ('earn', 'adjust') AND c.points > 0
     ORDER BY 1, 2, 3
        ON CONFLICT (member_id, programme_id, currency) DO NOTHING;
END $$;

-- Earnings that clear no debt and spends that the lot to expire first covers, for accounts with
-- nothing due, go in a handful of statements over all of them. What these pass over (a key or a
-- source that was there, a spend beyond its first lot, and everything else) is posted one by
-- one. A member's commands all go one way, so that they keep their order.
CREATE OR REPLACE FUNCTION points_batch_once(p_commands jsonb, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql
-- Compiling these plans would take longer than running them, and so would planning for two or
-- three commands; whatever the tables' size a batch finds its rows by their keys.
SET jit = off
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    v_items integer[];
    v_ops text[];
    v_members bigint[];
    v_programmes bigint[];
    v_currencies text[];
    v_accounts bigint[];
    v_entries bigint[];
    v_lots bigint[];
    v_points bigint[];
    v_pending boolean[];
    v_available_at timestamptz[];
    v_expires_at timestamptz[];
    v_balances bigint[];
    v_keys text[];
    v_fingerprints bytea[];
    v_sources text[];
    v_reasons text[];
    v_rules text[];
    v_actors text[];
    v_occurred timestamptz[];
    v_everyone bigint[];
    v_debited bigint[];
    v_survivors bigint[];
    v_missing boolean;
    v_count integer;
    c record;
    r points_reply;
BEGIN
    SELECT array_agg(x.member_id ORDER BY x.member_id),
           array_agg(x.member_id) FILTER (WHERE x.op <> 'earn'),
           bool_or(a.id IS NULL AND x.op IN ('earn', 'adjust')),
           array_agg(a.moved_to) FILTER (WHERE a.moved_to IS NOT NULL)
      INTO v_everyone, v_debited, v_missing, v_survivors
      FROM (SELECT DISTINCT y.member_id, y.programme_id, y.currency, y.op
              FROM jsonb_to_recordset(p_commands) y (
                   member_id bigint, programme_id bigint, currency text, op text)) x
      LEFT JOIN points_account a ON a.member_id = x.member_id
            AND a.programme_id = x.programme_id AND a.currency = x.currency;
    IF v_missing THEN
        PERFORM points_open_many(p_commands);
    END IF;
    -- A hot account that is only credited stays unlocked. All others are locked here: one
    -- that were locked later, when its turn comes, could wait in a circle with a sweep.
    PERFORM FROM points_account
      WHERE member_id = ANY (v_everyone || v_survivors)
        AND (NOT hot OR debt > 0 OR member_id = ANY (v_debited))
      ORDER BY member_id, id FOR UPDATE;

    -- All that the set-based part writes is in these arrays, an element for each entry: an
    -- earning's new lot, or the lot that a spend takes from and its date.
    SELECT array_agg(number), array_agg(op), array_agg(member_id), array_agg(programme_id),
           array_agg(currency), array_agg(account), array_agg(nextval('points_entry_id_seq')),
           array_agg(CASE WHEN op = 'earn' THEN nextval('points_lot_id_seq') ELSE first_lot END),
           array_agg(points), array_agg(waits), array_agg(available_at),
           array_agg(CASE WHEN op = 'earn' THEN expires_at ELSE first_expires END),
           array_agg(balance), array_agg(key), array_agg(fingerprint), array_agg(source),
           array_agg(reason), array_agg(rule), array_agg(actor), array_agg(occurred_at)
      INTO v_items, v_ops, v_members, v_programmes, v_currencies, v_accounts, v_entries, v_lots,
           v_points, v_pending, v_available_at, v_expires_at, v_balances, v_keys, v_fingerprints,
           v_sources, v_reasons, v_rules, v_actors, v_occurred
      FROM (
        SELECT y.*, y.available + y.pending_now + y.held + sum(CASE WHEN op = 'earn' THEN points ELSE -points END)
                       OVER (PARTITION BY member_id, account ORDER BY number) AS balance
          FROM (
            SELECT x.*, a.id AS account, a.available, a.pending AS pending_now, a.held,
                   l.id AS first_lot, l.expires_at AS first_expires,
                   x.pending AND (x.available_at IS NULL OR x.available_at > p_now) AS waits,
                   bool_and(a.id IS NOT NULL AND NOT a.hot AND a.debt = 0
                       AND a.moved_to IS NULL AND a.also IS NULL
                       AND (a.next_due_at IS NULL OR a.next_due_at >
                           CASE x.op WHEN 'earn' THEN least(p_now, x.occurred_at) ELSE p_now END)
                       AND CASE x.op WHEN 'earn' THEN x.commands = 1 OR x.earns = x.commands
                                         AND x.keys = 1 AND x.sources = 1
                                         -- Asked with LIMIT and not as EXISTS, which the planner
                                         -- may answer by reading the whole ledger into a hash.
                                         AND (SELECT true FROM points_entry e
                                               WHERE e.member_id = x.member_id AND e.idem_key = x.key
                                               LIMIT 1) IS NULL
                                         AND (SELECT true FROM points_entry e
                                               WHERE e.member_id = x.member_id AND e.account_id = a.id
                                                 AND e.source = x.source AND e.rule = x.rule
                                                 AND e.kind = 'earn'
                                               LIMIT 1) IS NULL
                                     WHEN 'spend' THEN x.commands = 1 AND a.available >= x.points
                                         AND coalesce(l.free >= x.points, false)
                                     ELSE false END)
                       OVER (PARTITION BY x.member_id) AS plain
              FROM (SELECT z.*,
                           count(*) OVER m AS commands, count(*) FILTER (WHERE z.op = 'earn') OVER m AS earns,
                           count(*) OVER (PARTITION BY z.member_id, z.key) AS keys,
                           count(*) OVER (PARTITION BY z.member_id, z.programme_id, z.currency, z.source, z.rule) AS sources
                      FROM ROWS FROM (jsonb_populate_recordset(NULL::points_command, p_commands))
                           WITH ORDINALITY z (
                               op, member_id, programme_id, currency, key, fingerprint, source, reason,
                               rule, actor, occurred_at, points, pending, available_at, expires_at,
                               reservation_id, brand_id, entry_id, under, cause, policy, grace_until, number)
                    WINDOW m AS (PARTITION BY z.member_id)) x
              LEFT JOIN points_account a ON a.member_id = x.member_id
                    AND a.programme_id = x.programme_id AND a.currency = x.currency
              LEFT JOIN LATERAL (
                  SELECT f.id, f.expires_at, f.remaining - f.held AS free FROM points_lot f
                   WHERE x.op = 'spend' AND f.member_id = a.member_id AND f.account_id = a.id
                     AND f.open AND NOT f.pending AND f.remaining > f.held
                   ORDER BY f.expires_at, f.id LIMIT 1) l ON true) y
         WHERE y.plain
         ORDER BY member_id, number) f;

    IF v_items IS NOT NULL THEN
        INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available, pending,
            balance_after, idem_key, fingerprint, source, reason, rule, actor,
            lots, lot_points, lot_expires, occurred_at, recorded_at)
        SELECT entry, member, account, op, CASE op WHEN 'earn' THEN 'issuance' ELSE 'redemption' END, change,
               CASE WHEN waits AND op = 'earn' THEN 0 ELSE change END,
               CASE WHEN waits AND op = 'earn' THEN change ELSE 0 END,
               balance, key, fingerprint, source, reason, rule, actor,
               ARRAY[lot], ARRAY[change], ARRAY[expires_at], occurred_at, p_now
          FROM unnest(v_ops, v_entries, v_members, v_accounts, v_points, v_pending, v_balances, v_keys,
                      v_fingerprints, v_sources, v_reasons, v_rules, v_actors, v_lots, v_expires_at, v_occurred)
               u (op, entry, member, account, points, waits, balance, key,
                  fingerprint, source, reason, rule, actor, lot, expires_at, occurred_at),
               LATERAL (SELECT CASE op WHEN 'earn' THEN points ELSE -points END AS change) d
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        IF v_count < cardinality(v_items) THEN
            -- Of several earnings each has been looked for: who came between broke the sums.
            IF EXISTS (SELECT FROM unnest(v_members, v_entries) u (member, entry)
                        LEFT JOIN points_entry e ON e.member_id = u.member AND e.id = u.entry
                        GROUP BY u.member HAVING count(*) > 1 AND count(e.id) < count(*)) THEN
                PERFORM points_key_taken();
            END IF;
            -- Some key or source was there: the arrays keep what has been written.
            SELECT array_agg(item), array_agg(op), array_agg(member), array_agg(programme),
                   array_agg(currency), array_agg(account), array_agg(entry), array_agg(lot),
                   array_agg(points), array_agg(waits), array_agg(available_at), array_agg(expires_at),
                   array_agg(balance), array_agg(source), array_agg(reason), array_agg(occurred_at)
              INTO v_items, v_ops, v_members, v_programmes, v_currencies, v_accounts, v_entries, v_lots,
                   v_points, v_pending, v_available_at, v_expires_at, v_balances, v_sources, v_reasons, v_occurred
              FROM unnest(v_items, v_ops, v_members, v_programmes, v_currencies, v_accounts, v_entries, v_lots,
                          v_points, v_pending, v_available_at, v_expires_at, v_balances, v_sources, v_reasons,
                          v_occurred)
                   u (item, op, member, programme, currency, account, entry, lot, points, waits,
                      available_at, expires_at, balance, source, reason, occurred_at)
             WHERE (SELECT true FROM points_entry e WHERE e.member_id = member AND e.id = entry LIMIT 1);
        END IF;
    END IF;

    IF v_items IS NOT NULL THEN
        IF 'earn' = ANY (v_ops) THEN
            INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, pending, open,
                                    available_at, expires_at)
            SELECT lot, member, account, entry, u.points, u.points, waits, true, available_at, expires_at
              FROM unnest(v_ops, v_entries, v_members, v_accounts, v_points, v_pending, v_lots,
                          v_available_at, v_expires_at)
                   u (op, entry, member, account, points, waits, lot, available_at, expires_at)
             WHERE op = 'earn';
        END IF;
        IF 'spend' = ANY (v_ops) THEN
            UPDATE points_lot l
               SET remaining = l.remaining - u.points, open = l.remaining > u.points
              FROM unnest(v_ops, v_members, v_lots, v_points) u (op, member, lot, points)
             WHERE u.op = 'spend' AND l.member_id = u.member AND l.id = u.lot;
        END IF;
        UPDATE points_account a
           SET available = a.available + d.earned - d.waits - d.spent, pending = a.pending + d.waits,
               lifetime_earned = a.lifetime_earned + d.earned,
               lifetime_spent = a.lifetime_spent + d.spent,
               next_due_at = least(a.next_due_at, d.due)
          FROM (SELECT member, account,
                       coalesce(sum(u.points) FILTER (WHERE op = 'earn'), 0)::bigint AS earned,
                       coalesce(sum(u.points) FILTER (WHERE op = 'earn' AND u.waits), 0)::bigint AS waits,
                       coalesce(sum(u.points) FILTER (WHERE op = 'spend'), 0)::bigint AS spent,
                       min(least(expires_at, CASE WHEN u.waits THEN available_at END))
                           FILTER (WHERE op = 'earn') AS due
                  FROM unnest(v_ops, v_members, v_accounts, v_points, v_pending, v_available_at, v_expires_at)
                       u (op, member, account, points, waits, available_at, expires_at)
                 GROUP BY member, account) d
         WHERE a.member_id = d.member AND a.id = d.account;
        IF p_announce THEN
            INSERT INTO kernel_outboxevent (name, payload, programme_id, member_id, occurred_at, recorded_at)
            SELECT CASE op WHEN 'earn' THEN 'points.earned.v1' ELSE 'points.spent.v1' END,
                   jsonb_build_object('entry_id', entry, 'currency', currency,
                       'points', CASE op WHEN 'earn' THEN points ELSE -points END,
                       'balance', balance, 'source', source, 'reason', reason),
                   programme, member, occurred_at, p_now
              FROM unnest(v_ops, v_entries, v_members, v_programmes, v_currencies, v_points, v_balances,
                          v_sources, v_reasons, v_occurred)
                   u (op, entry, member, programme, currency, points, balance, source, reason, occurred_at);
        END IF;
        RETURN QUERY
            SELECT u.item - 1, NULL::text, 0::bigint, 0::bigint, false, false, 0::bigint, NULL::bigint, e
              FROM unnest(v_items, v_members, v_entries) u (item, member, entry)
              JOIN points_entry e ON e.member_id = u.member AND e.id = u.entry;
    END IF;

    IF coalesce(cardinality(v_items), 0) = jsonb_array_length(p_commands) THEN
        RETURN;
    END IF;
    FOR c IN
        SELECT z.number, ROW(op, member_id, programme_id, currency, key, fingerprint, source, reason,
                   rule, actor, occurred_at, points, pending, available_at, expires_at,
                   reservation_id, brand_id, entry_id, under, cause, policy, grace_until)::points_command AS command
          FROM ROWS FROM (jsonb_populate_recordset(NULL::points_command, p_commands)) WITH ORDINALITY z (
                   op, member_id, programme_id, currency, key, fingerprint, source, reason,
                   rule, actor, occurred_at, points, pending, available_at, expires_at,
                   reservation_id, brand_id, entry_id, under, cause, policy, grace_until, number)
         WHERE v_items IS NULL OR z.number <> ALL (v_items)
         ORDER BY z.member_id, z.number
    LOOP
        FOR r IN SELECT * FROM points_apply(c.command, p_now, p_announce) LOOP
            r.item := c.number - 1;
            RETURN NEXT r;
        END LOOP;
    END LOOP;
END $$;

-- A key that moved another account while this was under way makes all of it begin again, and
-- then it is there to be seen.
CREATE OR REPLACE FUNCTION points_batch(p_commands jsonb, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        RETURN QUERY SELECT * FROM points_batch_once(p_commands, p_now, p_announce);
        RETURN;
    EXCEPTION WHEN unique_violation THEN
        NULL;
    END;
    RETURN QUERY SELECT * FROM points_batch_once(p_commands, p_now, p_announce);
END $$;
