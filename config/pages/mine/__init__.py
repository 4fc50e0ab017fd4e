"""What is the member's own: addresses, cards, invoice titles, profile, money."""
