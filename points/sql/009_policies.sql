-- Newer versions of what 005 made: a debt policy may carry a cap ('allow_debt:5000'), an
-- entry that opened several lots can be taken back, and grace is given to a point once.

-- What a policy lets an account owe beyond what it owes already; NULL is no bound.
CREATE FUNCTION points_debt_left(p_policy text, p_debt bigint) RETURNS bigint
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
BEGIN
    e := points_draft(c, a, 'reverse', t.counter, p_now);
    e.reverses := t.id;
    e.cause := c.cause;
    e.settles := p_points;
    e.reservation_id := NULL;
    FOR i IN 1 .. cardinality(t.lots) LOOP
        EXIT WHEN v_left = 0;
        SELECT * INTO l FROM points_lot WHERE member_id = a.member_id AND id = t.lots[i];
        CONTINUE WHEN NOT l.pending AND c.policy = 'pending_only';
        v_part := least(v_left, l.remaining - l.held);
        CONTINUE WHEN v_part = 0;
        UPDATE points_lot SET remaining = remaining - v_part, open = remaining > v_part
         WHERE member_id = a.member_id AND id = l.id;
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
                SELECT graced FROM points_lot WHERE member_id = a.member_id AND id = t.lots[i])
            THEN
                v_grace := v_grace + v_part;
            ELSE
                UPDATE points_lot SET remaining = remaining + v_part, open = true
                 WHERE member_id = a.member_id AND id = t.lots[i];
                e.lots := e.lots || t.lots[i];
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
