"""Decide what an order earns, keep the decision, and change the rules."""

from loyalty.earning.errors import RulesInvalidError, RulesNotFoundError, RulesPublishedError
from loyalty.earning.services.deciding import decide, decide_plainly
from loyalty.earning.services.knowing import Knowing
from loyalty.earning.services.recording import record_decisions
from loyalty.earning.services.rules import (
    compare_rules,
    draft_rules,
    install_default_rules,
    install_defaults,
    publish_rules,
)
from loyalty.earning.validities import expires_at
from loyalty.earning.validities import read as read_validity

__all__ = [
    "Knowing",
    "RulesInvalidError",
    "RulesNotFoundError",
    "RulesPublishedError",
    "compare_rules",
    "decide",
    "decide_plainly",
    "draft_rules",
    "expires_at",
    "install_default_rules",
    "install_defaults",
    "publish_rules",
    "read_validity",
    "record_decisions",
]
