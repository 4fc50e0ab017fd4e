"""The demo's membership terms and privacy policy: short, so that a shop writes its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.pages.demo.shops import ACTOR
from members import services as member_services

_VERSION = "2026-11"
_TERMS_ZH = """一、入会免费，凭手机号或邮箱即可成为会员，一人一个账户。

二、积分按实付金额计算，退货后相应积分收回。每笔积分都注明来源和有效期，先到期的先使用。

三、等级由近 12 个月的消费决定，达标即升级，有效期满重新评定。

四、会员码仅供本人使用，一分钟内有效，请勿截图转发。

五、规则变更会提前公布；对您有重大影响的变更，须经您再次同意后方才生效。"""
_TERMS_EN = """1. Membership is free. A phone number or an e-mail address makes you a member, \
one account each.

2. Points are earned on what you pay, and go back when goods do. Each of them says where it \
comes from and until when it is good; what ends first is spent first.

3. Your tier follows what you bought in the last 12 months. It rises as soon as you reach it, and \
is looked at again when its term ends.

4. The member code is yours alone and good for one minute. Please do not pass on pictures of it.

5. Changes are announced ahead. One that matters to you applies once you have agreed to it."""
_PRIVACY_ZH = """一、我们保存您的联系方式、订单、积分和登录记录，仅用于提供会员服务。

二、手机号、邮箱、姓名、地址和证件号均加密存储，员工默认只能看到打码后的内容，每次查看均有记录。

三、营销、个性化等用途须经您同意，可随时撤回，不影响会员身份。

四、您可以随时下载自己的全部数据，或注销会员；注销申请后有 15 天可以反悔。"""
_PRIVACY_EN = """1. We keep how to reach you, your orders, your points and your sign-ins, to run \
the membership and for nothing else.

2. Phone numbers, e-mail addresses, names, addresses and ID numbers are stored encrypted. Staff \
see them masked, and each look is written down.

3. Marketing, personalization and the like need your consent. You can take it back at any time and \
stay a member.

4. You can fetch a copy of all your data at any time, or have your membership erased; you have 15 \
days to change your mind."""


def publish(*, programme_id: int, now: datetime) -> None:
    """Draft the papers, and put them in force."""
    said: dict[str, Any] = {"actor": ACTOR, "reason": "demo", "now": now}
    for kind, chinese, english in (
        ("terms", _TERMS_ZH, _TERMS_EN),
        ("privacy", _PRIVACY_ZH, _PRIVACY_EN),
    ):
        policy_id = member_services.draft_policy(
            programme_id=programme_id,
            kind=kind,
            version=_VERSION,
            text_zh=chinese,
            text_en=english,
            **said,
        )
        member_services.publish_policy(policy_id=policy_id, **said)
