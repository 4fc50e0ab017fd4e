-- Reversal takes back or gives back what an entry says, never what a rule would say today.

-- How many points of an entry reversals already account for.
CREATE OR REPLACE FUNCTION points_settled(p_member bigint, p_entry bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(settles), 0)::bigint FROM points_entry
     WHERE member_id = p_member AND reverses = p_entry
$$;

-- What a policy lets an account owe beyond what it owes already; NULL is no bound.
CREATE OR REPLACE FUNCTION points_debt_left(p_policy text, p_debt bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_policy NOT LIKE 'allow_debt%' THEN 0
        WHEN p_policy LIKE 'allow_debt:%' THEN greatest(split_part(p_policy, ':', 2)::bigint - p_debt, 0)
        END
$$;

-- Takes back `p_points` of what `t` gave. First from its own lots, in the order it opened
-- them; what of these expired unspent is excused, for the member never had the use of it;
-- then, as far as the debt policy goes, from other lots and as debt.
CREATE OR REPLACE FUNCTION points_take_back(
    INOUT a points_account, t points_entry, c points_command, p_points bigint,
    p_now timestamptz, OUT e points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    l points_lot;
    v_left bigint := p_points;
    v_part bigint;
    v_excused bigint := 0;
    v_own boolean := t.member_id = a.member_id;
BEGIN
    e := points_draft(c, a, 'reverse', t.counter, p_now);
    e.reverses := t.id;
    e.cause := c.cause;
    e.settles := p_points;
    e.reservation_id := NULL;
    FOR i IN 1 .. cardinality(t.lots) LOOP
        EXIT WHEN v_left = 0;
        SELECT * INTO l FROM points_lot WHERE member_id = a.member_id
           AND id = CASE WHEN v_own THEN t.lots[i] ELSE points_follow_lot(a, t.member_id, t.lots[i], 0) END;
        CONTINUE WHEN NOT FOUND OR NOT l.pending AND c.policy = 'pending_only';
        v_part := least(v_left, l.remaining - l.held);
        CONTINUE WHEN v_part = 0;
        UPDATE points_lot SET remaining = remaining - v_part, open = remaining > v_part
         WHERE member_id = a.member_id AND id = l.id;
        IF NOT v_own THEN
            PERFORM points_follow_lot(a, t.member_id, t.lots[i], -v_part);
        END IF;
        IF l.pending THEN
            e.pending := e.pending - v_part;
        ELSE
            e.available := e.available - v_part;
        END IF;
        e.lots := e.lots || l.id;
        e.lot_points := e.lot_points || -v_part;
        e.lot_expires := e.lot_expires || l.expires_at;
        v_left := v_left - v_part;
    END LOOP;
    FOR i IN 1 .. cardinality(t.lots) LOOP
        EXIT WHEN v_left = 0;
        IF NOT v_own THEN
            -- What lapsed before and after the merge, less what was excused of it: the lots'
            -- own figures are their own entries' and stay.
            v_part := points_lapsed_of(a, t, t.lots[i]) - v_excused;
            v_part := greatest(least(v_left, v_part), 0);
            v_excused := v_excused + v_part;
            v_left := v_left - v_part;
            CONTINUE;
        END IF;
        SELECT * INTO l FROM points_lot WHERE member_id = a.member_id AND id = t.lots[i];
        v_part := least(v_left, l.lapsed);
        CONTINUE WHEN v_part = 0;
        UPDATE points_lot SET lapsed = lapsed - v_part WHERE member_id = a.member_id AND id = l.id;
        v_excused := v_excused + v_part;
        v_left := v_left - v_part;
    END LOOP;
    e.excused := v_excused;
    IF v_left > 0 AND c.policy <> 'pending_only' THEN
        v_part := least(v_left, a.available + e.available);
        IF v_part > 0 THEN
            e := points_take(a, e, v_part, false);
            e.available := e.available - v_part;
            v_left := v_left - v_part;
        END IF;
        e.debt := least(v_left, points_debt_left(c.policy, a.debt));
    END IF;
    e := points_sum_up(a, e);
    a := points_count(a, e);
END $$;

-- How much of a lot that came with a merge expired unspent and is not excused yet.
CREATE OR REPLACE FUNCTION points_lapsed_of(a points_account, t points_entry, p_lot bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_now bigint := points_follow_lot(a, t.member_id, p_lot, 0);
BEGIN
    RETURN (SELECT coalesce(sum(lapsed), 0) FROM points_lot
             WHERE member_id = t.member_id AND id = p_lot OR member_id = a.member_id AND id = v_now)
         - (SELECT coalesce(sum(excused), 0) FROM points_entry
             WHERE member_id = ANY (a.kin || a.member_id) AND member_id <> t.member_id AND reverses = t.id);
END $$;

-- Gives back `p_points` of what `t` took, to the very lots it came from, the last taken
-- first, skipping what earlier reversals gave back. It clears debt first. Points of lots
-- that have expired go to one new lot with the programme's days of grace, if it has any;
-- without, and when their lot is itself one of grace, to their old lot, to expire at once.
CREATE OR REPLACE FUNCTION points_give_back(
    INOUT a points_account, t points_entry, c points_command, p_points bigint, p_settled bigint,
    p_now timestamptz, OUT e points_entry
)
LANGUAGE plpgsql AS $$
DECLARE
    v_skip bigint := p_settled;
    v_left bigint := p_points;
    v_part bigint;
    v_clear bigint;
    v_grace bigint := 0;
    v_grace_lot bigint;
    v_lot bigint;
BEGIN
    e := points_draft(c, a, CASE t.kind WHEN 'spend' THEN 'return' ELSE 'reverse' END, t.counter, p_now);
    e.reverses := t.id;
    e.cause := c.cause;
    e.settles := p_points;
    e.reservation_id := NULL;
    FOR i IN REVERSE cardinality(t.lots) .. 1 LOOP
        v_part := -t.lot_points[i];
        IF v_skip >= v_part THEN
            v_skip := v_skip - v_part;
            CONTINUE;
        END IF;
        v_part := least(v_part - v_skip, v_left);
        v_skip := 0;
        v_left := v_left - v_part;
        v_clear := least(a.debt + e.debt, v_part);
        e.debt := e.debt - v_clear;
        v_part := v_part - v_clear;
        IF v_part > 0 THEN
            e.available := e.available + v_part;
            IF t.lot_expires[i] <= p_now AND c.grace_until IS NOT NULL AND NOT (
                SELECT graced FROM points_lot WHERE member_id = t.member_id AND id = t.lots[i])
            THEN
                v_grace := v_grace + v_part;
            ELSE
                v_lot := t.lots[i];
                IF t.member_id <> a.member_id THEN
                    v_lot := coalesce(points_follow_lot(a, t.member_id, t.lots[i], 0),
                                      points_revive_lot(a, t.member_id, t.lots[i], v_part));
                    PERFORM points_follow_lot(a, t.member_id, t.lots[i], v_part);
                END IF;
                -- A lot that moved began with what was left of it: more may come back.
                UPDATE points_lot
                   SET remaining = remaining + v_part, open = true,
                       points = greatest(points, remaining + v_part)
                 WHERE member_id = a.member_id AND id = v_lot;
                e.lots := e.lots || v_lot;
                e.lot_points := e.lot_points || v_part;
                e.lot_expires := e.lot_expires || t.lot_expires[i];
                a.next_due_at := least(a.next_due_at, t.lot_expires[i]);
            END IF;
        END IF;
        EXIT WHEN v_left = 0;
    END LOOP;
    IF v_grace > 0 THEN
        v_grace_lot := nextval('points_lot_id_seq');
        INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, open, graced, expires_at)
        VALUES (v_grace_lot, a.member_id, a.id, e.id, v_grace, v_grace, true, true, c.grace_until);
        e.lots := e.lots || v_grace_lot;
        e.lot_points := e.lot_points || v_grace;
        e.lot_expires := e.lot_expires || c.grace_until;
        a.next_due_at := least(a.next_due_at, c.grace_until);
    END IF;
    e := points_sum_up(a, e);
    a := points_count(a, e);
END $$;

-- The entry that a command names, of somebody who was merged into its member.
CREATE OR REPLACE FUNCTION points_entry_of(c points_command) RETURNS points_entry
LANGUAGE plpgsql AS $$
DECLARE
    t points_entry;
BEGIN
    SELECT x.* INTO t FROM points_account a JOIN points_entry x ON x.member_id = ANY (a.also)
     WHERE a.member_id = c.member_id AND a.programme_id = c.programme_id AND a.also IS NOT NULL
       AND x.id = c.entry_id LIMIT 1;
    RETURN t;
END $$;

CREATE OR REPLACE FUNCTION points_reverse(c points_command, p_now timestamptz, p_announce boolean)
RETURNS SETOF points_reply
LANGUAGE plpgsql AS $$
DECLARE
    a points_account;
    t points_entry;
    v_targets points_entry[];
    v_settled bigint[];
    v_left bigint := 0;
    v_whole bigint := 0;
    v_points bigint;
    v_base text := c.key;
    v_key text := c.key;
    v_number integer := 1;
    r record;
BEGIN
    IF c.entry_id IS NOT NULL THEN
        SELECT * INTO t FROM points_entry WHERE member_id = c.member_id AND id = c.entry_id;
        IF FOUND THEN
            a := points_open_account(t.member_id, t.account_id, p_now, least(p_now, c.occurred_at), p_announce);
        ELSE
            t := points_entry_of(c);
            a := points_open(c.member_id, c.programme_id,
                             (SELECT currency FROM points_account
                               WHERE member_id = t.member_id AND id = t.account_id),
                             false, p_now, least(p_now, c.occurred_at), p_announce);
        END IF;
        IF a.id IS NULL OR a.programme_id <> c.programme_id THEN
            RETURN NEXT points_refusal('entry.not_found');
            RETURN;
        END IF;
        v_targets := ARRAY[t];
    ELSE
        a := points_open(c.member_id, c.programme_id, c.currency, false,
                         p_now, least(p_now, c.occurred_at), p_announce);
        v_targets := ARRAY(SELECT x FROM points_entry x
            WHERE member_id = a.member_id AND account_id = a.id AND source = c.under
              AND kind = CASE WHEN c.pending THEN 'earn' ELSE 'spend' END
            -- What the named rule gave goes first, as far as it lasts.
            ORDER BY c.rule <> '' AND rule <> c.rule, id);
        IF a.also IS NOT NULL THEN
            v_targets := ARRAY(SELECT x FROM points_accounts_of(a) o
                JOIN points_entry x ON x.member_id = o.of_member AND x.account_id = o.of_account
               WHERE x.source = c.under AND x.kind = CASE WHEN c.pending THEN 'earn' ELSE 'spend' END
               ORDER BY c.rule <> '' AND x.rule <> c.rule, x.id);
        END IF;
    END IF;
    IF a.moved_to IS NOT NULL THEN
        c.member_id := a.moved_to;
        RETURN QUERY SELECT * FROM points_reverse(c, p_now, p_announce);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM points_entry WHERE member_id = c.member_id AND idem_key = c.key)
       OR a.also IS NOT NULL AND points_did(a, c) THEN
        RETURN QUERY SELECT * FROM points_replay(c);
        RETURN;
    END IF;
    IF cardinality(v_targets) = 0 THEN
        RETURN NEXT points_refusal('entry.not_found');
        RETURN;
    END IF;
    FOREACH t IN ARRAY v_targets LOOP
        IF t.reverses IS NOT NULL THEN
            RETURN NEXT points_refusal('entry.is_reversal');
            RETURN;
        ELSIF t.kind NOT IN ('earn', 'spend', 'adjust') THEN
            RETURN NEXT points_refusal('entry.not_reversible');
            RETURN;
        ELSIF EXISTS (SELECT FROM points_entry
                WHERE member_id = ANY (a.kin || a.member_id) AND reverses = t.id AND cause = c.cause) THEN
            RETURN NEXT points_refusal('entry.already_reversed');
            RETURN;
        END IF;
        v_settled := v_settled || points_settled_of(a, t.id);
        v_whole := v_whole + abs(t.points);
        v_left := v_left + abs(t.points) - v_settled[cardinality(v_settled)];
    END LOOP;
    v_points := coalesce(c.points, v_left);
    IF v_points > v_whole THEN
        RETURN NEXT points_refusal('entry.reverse_exceeds', v_points, v_left);
        RETURN;
    ELSIF v_points > v_left OR v_left = 0 THEN
        RETURN NEXT points_refusal('entry.already_reversed', v_points, v_left);
        RETURN;
    END IF;
    FOR i IN 1 .. cardinality(v_targets) LOOP
        t := v_targets[i];
        v_left := least(v_points, abs(t.points) - v_settled[i]);
        CONTINUE WHEN v_left = 0;
        v_points := v_points - v_left;
        c.key := v_key;
        IF t.points > 0 THEN
            r := points_take_back(a, t, c, v_left, p_now);
        ELSE
            r := points_give_back(a, t, c, v_left, v_settled[i], p_now);
        END IF;
        a := r.a;
        PERFORM points_write(r.e);
        PERFORM points_tell(a, r.e, p_announce);
        RETURN NEXT ROW(0, NULL, 0, 0, false, false, points_uncovered(r.e), NULL, r.e)::points_reply;
        v_number := v_number + 1;
        v_key := points_further_key(v_base, v_number);
        EXIT WHEN v_points = 0;
    END LOOP;
    -- What came back to an expired lot expires now, with the return and not before it.
    IF a.next_due_at <= least(p_now, c.occurred_at) THEN
        PERFORM points_settle_due(a, p_now, least(p_now, c.occurred_at), c.occurred_at, p_announce);
    ELSE
        PERFORM points_save(a);
    END IF;
END $$;
