"""What behaviors earn before anybody has changed it."""

from __future__ import annotations

from loyalty.earning.types import BehaviorRule, Validity

SIGN_UP, PROFILE, BIRTHDAY = "sign_up", "profile", "birthday"

# What the system itself rewards starts switched off: a programme decides to give it.
BEHAVIORS = (
    BehaviorRule(
        code="review",
        name_zh="评价商品",
        name_en="Review",
        points=20,
        caps={"day": 3, "month": 20},
    ),
    BehaviorRule(
        code="review_photo",
        name_zh="带图评价",
        name_en="Review with a photo",
        points=50,
        caps={"day": 3, "month": 20},
    ),
    BehaviorRule(code="share", name_zh="分享", name_en="Share", points=5, caps={"day": 3}),
    BehaviorRule(code="check_in", name_zh="签到", name_en="Check-in", points=1, caps={"day": 1}),
    BehaviorRule(code="task", name_zh="完成任务", name_en="Task", points=10, caps={"day": 5}),
    BehaviorRule(
        code="referral",
        name_zh="邀请好友",
        name_en="Referral",
        points=100,
        caps={"month": 10, "member": 50},
    ),
    BehaviorRule(
        code=SIGN_UP,
        name_zh="入会礼",
        name_en="Welcome",
        points=50,
        active=False,
        caps={"member": 1},
    ),
    BehaviorRule(
        code=PROFILE,
        name_zh="完善资料",
        name_en="Profile completed",
        points=30,
        active=False,
        caps={"member": 1},
    ),
    BehaviorRule(
        code=BIRTHDAY,
        name_zh="生日礼",
        name_en="Birthday",
        points=100,
        active=False,
        validity=Validity(unit="days", count=30),
    ),
)
