-- What set-based jobs of other apps may join (points.selectors.SQL_VIEWS).

CREATE OR REPLACE VIEW points_balances AS
SELECT member_id, programme_id, currency, available, pending, held, debt,
       lifetime_earned, lifetime_spent, lifetime_expired
  FROM points_account;

CREATE OR REPLACE VIEW points_open_lots AS
SELECT l.member_id, a.programme_id, a.currency, l.remaining, l.held, l.pending,
       l.available_at, l.expires_at
  FROM points_lot l
  JOIN points_account a ON a.member_id = l.member_id AND a.id = l.account_id
 WHERE l.open;
