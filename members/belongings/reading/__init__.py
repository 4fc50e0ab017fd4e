"""Read an address out of whatever was pasted: a chat, another shop's order, a business card.

Nothing is learned and nothing is asked of anybody else: phones are found by their form,
regions in the register of divisions, the name by where it stands and how it looks. What is
not certain stays empty, for the member to fill in.
"""

from __future__ import annotations

from members.belongings.reading.whole import read

__all__ = ["read"]
