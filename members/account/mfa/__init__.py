"""allauth's second proofs, with their secrets encrypted."""
