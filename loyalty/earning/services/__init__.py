"""Decide what orders and behaviors earn, keep the decisions, and change the rules."""

from loyalty.earning.errors import (
    RewardCapReachedError,
    RewardInvalidError,
    RewardUnknownError,
    RulesInvalidError,
    RulesNotFoundError,
    RulesPublishedError,
)
from loyalty.earning.services.deciding import decide, decide_plainly
from loyalty.earning.services.knowing import Knowing
from loyalty.earning.services.noticing import (
    reward_birthdays,
    reward_if_offered,
    reward_profile,
    reward_sign_up,
)
from loyalty.earning.services.recording import record_decisions
from loyalty.earning.services.rewarding import reward
from loyalty.earning.services.rules import (
    compare_rules,
    draft_of,
    draft_rules,
    install_default_rules,
    install_defaults,
    publish_rules,
)
from loyalty.earning.services.trying import (
    Cart,
    Replay,
    Trial,
    as_rules,
    cart_of,
    replay_rules,
    try_rules,
)
from loyalty.earning.services.warning import warn_of_rules
from loyalty.earning.validities import expires_at
from loyalty.earning.validities import read as read_validity

__all__ = [
    "Cart",
    "Knowing",
    "Replay",
    "RewardCapReachedError",
    "RewardInvalidError",
    "RewardUnknownError",
    "RulesInvalidError",
    "RulesNotFoundError",
    "RulesPublishedError",
    "Trial",
    "as_rules",
    "cart_of",
    "compare_rules",
    "decide",
    "decide_plainly",
    "draft_of",
    "draft_rules",
    "expires_at",
    "install_default_rules",
    "install_defaults",
    "publish_rules",
    "read_validity",
    "record_decisions",
    "replay_rules",
    "reward",
    "reward_birthdays",
    "reward_if_offered",
    "reward_profile",
    "reward_sign_up",
    "try_rules",
    "warn_of_rules",
]
