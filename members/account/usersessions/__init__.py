"""allauth's list of sessions, with network and browser encrypted."""
