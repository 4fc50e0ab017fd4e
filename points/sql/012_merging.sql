-- After a merge of members the duplicate's accounts name the survivor (`moved_to`): whatever
-- is told of them happens there. The survivor's accounts list whose entries count as their
-- own (`also`), and with whom they were ever one (`kin`), which no undo takes away.

-- Makes the accounts that a merge will mark, so that nobody makes them meanwhile.
CREATE OR REPLACE FUNCTION points_merge_open(p_from bigint, p_to bigint, p_programme bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_account (member_id, programme_id, currency)
    SELECT m, p_programme, x.currency
      FROM unnest(ARRAY[p_from, p_to]) m,
           (SELECT currency FROM points_account
             WHERE member_id IN (p_from, p_to) AND programme_id = p_programme
             UNION SELECT unnest(ARRAY['points', 'growth'])) x
     ORDER BY 1, 3
        ON CONFLICT (member_id, programme_id, currency) DO NOTHING;
    PERFORM points_lock_members(p_from, p_to);
END $$;

-- Marks them, once everything has moved. The duplicate's own aliases lead on as well.
CREATE OR REPLACE FUNCTION points_merge_mark(p_from bigint, p_to bigint, p_programme bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_also bigint[];
BEGIN
    v_also := ARRAY(SELECT DISTINCT m FROM points_account x, unnest(x.also || p_from) m
                     WHERE x.member_id = p_from AND x.programme_id = p_programme ORDER BY m);
    UPDATE points_account SET moved_to = p_to, kin = points_join(kin, ARRAY[p_to])
     WHERE member_id = ANY (v_also) AND programme_id = p_programme;
    UPDATE points_account SET also = points_join(also, v_also), kin = points_join(kin, v_also)
     WHERE member_id = p_to AND programme_id = p_programme;
END $$;

CREATE OR REPLACE FUNCTION points_merge_unmark(p_from bigint, p_to bigint, p_programme bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_also bigint[];
BEGIN
    PERFORM points_lock_members(p_from, p_to);
    v_also := ARRAY(SELECT DISTINCT m FROM points_account x, unnest(x.also || p_from) m
                     WHERE x.member_id = p_from AND x.programme_id = p_programme ORDER BY m);
    UPDATE points_account SET moved_to = nullif(p_from, member_id)
     WHERE member_id = ANY (v_also) AND moved_to = p_to AND programme_id = p_programme;
    UPDATE points_account
       SET also = nullif(ARRAY(SELECT m FROM unnest(also) m WHERE m <> ALL (v_also) ORDER BY m), '{}')
     WHERE member_id = p_to AND programme_id = p_programme;
END $$;

CREATE OR REPLACE FUNCTION points_join(p_some bigint[], p_more bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT DISTINCT m FROM unnest(p_some || p_more) m ORDER BY m)
$$;

-- Whether this very command was posted for somebody who is the account's member by now.
CREATE OR REPLACE FUNCTION points_did(a points_account, c points_command) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT true FROM points_entry
             WHERE member_id = ANY (a.also) AND idem_key = c.key AND fingerprint = c.fingerprint
             LIMIT 1) IS TRUE;
END $$;

-- The account, and those that were merged into it.
CREATE OR REPLACE FUNCTION points_accounts_of(a points_account)
RETURNS TABLE (of_member bigint, of_account bigint)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT a.member_id, a.id;
    IF a.also IS NOT NULL THEN
        RETURN QUERY SELECT x.member_id, x.id FROM points_account x
            WHERE x.member_id = ANY (a.also) AND x.programme_id = a.programme_id AND x.currency = a.currency;
    END IF;
END $$;

-- How many points of an entry reversals account for already, whoever they were posted for.
CREATE OR REPLACE FUNCTION points_settled_of(a points_account, p_entry bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    IF a.kin IS NULL THEN
        RETURN points_settled(a.member_id, p_entry);
    END IF;
    RETURN (SELECT coalesce(sum(settles), 0) FROM points_entry
             WHERE member_id = ANY (a.kin || a.member_id) AND reverses = p_entry);
END $$;

-- Where a lot of `p_member` is now that the account's member is them: NULL when it was used up
-- before it could move. `p_points` is added to what the moves on the way moved, so that an
-- undo gives back what is theirs by then.
CREATE OR REPLACE FUNCTION points_follow_lot(a points_account, p_member bigint, p_lot bigint, p_points bigint)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    m points_move;
    v_place integer;
BEGIN
    WHILE p_member <> a.member_id LOOP
        SELECT * INTO m FROM points_move
         WHERE member_id = p_member AND undone_at IS NULL AND p_lot = ANY (lots) ORDER BY id DESC LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        v_place := array_position(m.lots, p_lot);
        IF p_points <> 0 THEN
            UPDATE points_move SET lot_points[v_place] = lot_points[v_place] + p_points
             WHERE member_id = m.member_id AND id = m.id;
        END IF;
        p_member := m.to_member_id;
        p_lot := m.to_lots[v_place];
    END LOOP;
    RETURN p_lot;
END $$;

-- Opens an empty lot with the dates of one that was used up before the merge.
CREATE OR REPLACE FUNCTION points_revive_lot(a points_account, p_member bigint, p_lot bigint, p_points bigint)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    l points_lot;
    v_new bigint := nextval('points_lot_id_seq');
BEGIN
    SELECT * INTO l FROM points_lot WHERE member_id = p_member AND id = p_lot;
    INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, graced, open,
                            available_at, expires_at)
    VALUES (v_new, a.member_id, a.id, l.entry_id, p_points, 0, l.graced, false, l.available_at, l.expires_at);
    UPDATE points_move SET lots = lots || p_lot, to_lots = to_lots || v_new, lot_points = lot_points || 0::bigint
     WHERE member_id = p_member AND account_id = l.account_id AND to_member_id = a.member_id
       AND undone_at IS NULL;
    RETURN v_new;
END $$;
