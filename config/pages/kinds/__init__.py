"""Pages of the kinds of member: what one is, what one can become, and groups."""
