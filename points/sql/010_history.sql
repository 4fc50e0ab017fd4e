-- Histories: earnings and what reversals took of them, of many members, in order. Where every
-- command of a member finds the account with nothing due and nothing owed, and each reversal
-- takes from an earning of the same list, all of it is written in one statement. Whoever has
-- anything else goes through points_batch. tests/properties/test_history.py holds that nobody
-- can tell which way a list went.
--
-- Answers for what was posted as asked are left out: a list is long, and the caller knows it.
CREATE OR REPLACE FUNCTION points_history(p_commands jsonb, p_now timestamptz, p_announce boolean)
RETURNS TABLE (item integer, problem text, asked bigint, had bigint, uncovered bigint, debt bigint)
LANGUAGE plpgsql
SET jit = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    v_everyone bigint[];
    v_debited bigint[];
    v_done integer[];
    v_rest jsonb;
    v_items integer[];
BEGIN
    PERFORM points_open_many(p_commands);
    SELECT array_agg(DISTINCT y.member_id), array_agg(DISTINCT y.member_id) FILTER (WHERE y.op <> 'earn')
      INTO v_everyone, v_debited
      FROM jsonb_to_recordset(p_commands) y (member_id bigint, op text);
    -- The same accounts in the same order as points_batch locks them.
    v_everyone := v_everyone || ARRAY(SELECT moved_to FROM points_account
        WHERE member_id = ANY (v_everyone) AND moved_to IS NOT NULL);
    PERFORM FROM points_account
      WHERE member_id = ANY (v_everyone)
        AND (NOT hot OR debt > 0 OR member_id = ANY (v_debited))
      ORDER BY member_id, id FOR UPDATE;

    WITH told AS (
        SELECT z.*, a.id AS account, a.available + a.pending + a.held AS balance_before,
               z.pending AND z.op = 'earn' AND (z.available_at IS NULL OR z.available_at > p_now) AS waits,
               coalesce(z.under, z.source) AS earning,
               coalesce(a.id IS NOT NULL AND NOT a.hot AND a.debt = 0
                   AND a.moved_to IS NULL AND a.also IS NULL
                   AND (a.next_due_at IS NULL OR a.next_due_at > least(p_now, z.occurred_at))
                   AND (z.op = 'earn' AND (SELECT true FROM points_entry e
                            WHERE e.member_id = z.member_id AND e.account_id = a.id
                              AND e.source = z.source AND e.rule = z.rule AND e.kind = 'earn'
                            LIMIT 1) IS NULL
                        OR z.op = 'reverse' AND z.pending AND z.entry_id IS NULL AND z.points > 0)
                   AND (SELECT true FROM points_entry e
                         WHERE e.member_id = z.member_id AND e.idem_key = z.key LIMIT 1) IS NULL, false) AS usual
          FROM ROWS FROM (jsonb_to_recordset(p_commands) AS (
                   op text, member_id bigint, programme_id bigint, currency text, key text,
                   fingerprint bytea, source text, reason text, rule text, actor text,
                   occurred_at timestamptz, points bigint, pending boolean, available_at timestamptz,
                   expires_at timestamptz, entry_id bigint, under text, cause text, policy text))
               WITH ORDINALITY z (
                   op, member_id, programme_id, currency, key, fingerprint, source, reason, rule, actor,
                   occurred_at, points, pending, available_at, expires_at, entry_id, under, cause, policy,
                   number)
          LEFT JOIN points_account a ON a.member_id = z.member_id
                AND a.programme_id = z.programme_id AND a.currency = z.currency
         ORDER BY z.member_id, z.number
    ), numbered AS MATERIALIZED (
        SELECT t.*, nextval('points_entry_id_seq') AS entry,
               CASE WHEN op = 'earn' THEN nextval('points_lot_id_seq') END AS lot,
               CASE WHEN op = 'earn' THEN points ELSE -points END AS change
          FROM told t
    ), joined AS (
        SELECT n.*, count(*) FILTER (WHERE op = 'earn') OVER of_earning AS earns,
               count(*) FILTER (WHERE op = 'reverse') OVER of_earning AS reversals,
               count(*) OVER (PARTITION BY member_id, account, earning, op, rule, cause) AS twins,
               count(*) OVER (PARTITION BY member_id, key) AS same_keys,
               min(number) FILTER (WHERE op = 'earn') OVER of_earning AS earned_number,
               min(entry) FILTER (WHERE op = 'earn') OVER of_earning AS earned_entry,
               min(lot) FILTER (WHERE op = 'earn') OVER of_earning AS earned_lot,
               bool_or(waits) FILTER (WHERE op = 'earn') OVER of_earning AS earned_waits,
               min(expires_at) FILTER (WHERE op = 'earn') OVER of_earning AS earned_expires,
               sum(change) OVER of_earning AS left_of_earning,
               min(least(expires_at, CASE WHEN waits THEN available_at END)) OVER of_account AS first_due,
               max(least(p_now, occurred_at)) OVER of_account AS horizon,
               balance_before + sum(change) OVER (PARTITION BY member_id, account ORDER BY number) AS balance
          FROM numbered n
        WINDOW of_earning AS (PARTITION BY member_id, account, earning),
               of_account AS (PARTITION BY member_id, account)
    ), judged AS (
        SELECT j.*,
               bool_and(usual AND same_keys = 1 AND twins = 1
                   AND (first_due IS NULL OR first_due > horizon)
                   AND (reversals = 0 OR earns = 1 AND left_of_earning >= 0)
                   AND (op = 'earn' OR number > earned_number
                        AND (earned_waits OR policy <> 'pending_only')))
                   OVER (PARTITION BY member_id) AS plain
          FROM joined j
    ), plain AS MATERIALIZED (
        SELECT *, CASE op WHEN 'earn' THEN waits ELSE earned_waits END AS of_pending FROM judged WHERE plain
    ), entries AS (
        INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available, pending,
            balance_after, idem_key, fingerprint, source, reason, rule, actor, reverses, cause, settles,
            excused, lots, lot_points, lot_expires, occurred_at, recorded_at)
        SELECT entry, member_id, account, op, 'issuance', change,
               CASE WHEN of_pending THEN 0 ELSE change END, CASE WHEN of_pending THEN change ELSE 0 END,
               balance, key, fingerprint, source, reason, rule, actor,
               CASE WHEN op = 'reverse' THEN earned_entry END, CASE WHEN op = 'reverse' THEN cause END,
               CASE WHEN op = 'reverse' THEN points END, CASE WHEN op = 'reverse' THEN 0 END,
               ARRAY[coalesce(lot, earned_lot)], ARRAY[change],
               ARRAY[CASE WHEN op = 'earn' THEN expires_at ELSE earned_expires END], occurred_at, p_now
          FROM plain
    ), lots AS (
        INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, pending, open,
                                available_at, expires_at)
        SELECT lot, member_id, account, entry, points, left_here, waits, left_here > 0,
               available_at, expires_at
          FROM (SELECT *, CASE WHEN reversals > 0 THEN left_of_earning ELSE points END AS left_here
                  FROM plain WHERE op = 'earn') p
    ), accounts AS (
        UPDATE points_account a
           SET available = a.available + d.change - d.waits, pending = a.pending + d.waits,
               lifetime_earned = a.lifetime_earned + d.change,
               next_due_at = least(a.next_due_at, d.due)
          FROM (SELECT member_id, account, sum(change)::bigint AS change,
                       coalesce(sum(change) FILTER (WHERE of_pending), 0)::bigint AS waits,
                       min(first_due) AS due
                  FROM plain GROUP BY member_id, account) d
         WHERE a.member_id = d.member_id AND a.id = d.account
    ), told_of AS (
        INSERT INTO kernel_outboxevent (name, payload, programme_id, member_id, occurred_at, recorded_at)
        SELECT CASE op WHEN 'earn' THEN 'points.earned.v1' ELSE 'points.reversed.v1' END,
               jsonb_build_object('entry_id', entry, 'currency', currency, 'points', change,
                   'balance', balance, 'source', source, 'reason', reason),
               programme_id, member_id, occurred_at, p_now
          FROM plain WHERE p_announce ORDER BY number
    )
    SELECT array_agg(number ORDER BY number) INTO v_done FROM plain;

    IF coalesce(cardinality(v_done), 0) = jsonb_array_length(p_commands) THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(c ORDER BY number), array_agg(number - 1 ORDER BY number) INTO v_rest, v_items
      FROM jsonb_array_elements(p_commands) WITH ORDINALITY x (c, number)
     WHERE NOT number = ANY (coalesce(v_done, '{}'));
    RETURN QUERY
        SELECT v_items[r.item + 1], r.problem, r.asked, r.had, r.uncovered, greatest((r.entry).debt, 0)
          FROM points_batch(v_rest, p_now, p_announce) r
         WHERE r.problem IS NOT NULL OR r.uncovered > 0 OR (r.entry).debt > 0;
END $$;
