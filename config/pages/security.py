"""The content security policy: strict everywhere, looser only where a tool of ours needs it.

The console is unfold's, whose Alpine build evaluates expressions and sets styles from
script. It shows what members wrote as nothing but text. Everything a member or the reader
of the API's docs opens keeps the strict policy.
"""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts

_CONSOLE: dict[str, Any] = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
_LOOSER: tuple[tuple[str, dict[str, Any]], ...] = (("/ops/", _CONSOLE),)


class PolicyMiddleware(CSPMiddleware):
    """Send the strict policy, and the looser one below the addresses that need it."""

    def get_policy_parts(
        self, request: Any, response: Any, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in _LOOSER:
            if request.path_info.startswith(prefix):
                # What a view asked for itself goes first.
                parts.replace = {**directives, **(parts.replace or {})}
        return parts
