"""Django's PostgreSQL backend, whose pooled connections are looked at without a round trip."""
