"""Passwords of tests, hashed as in production but once instead of a million times.

Every member of staff that a test makes would cost half a second otherwise.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with one round."""

    iterations = 1
