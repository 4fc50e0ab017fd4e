"""Which providers this installation has: those with an app id, and stand-ins in the demo."""

from __future__ import annotations

from django.conf import settings

from members.errors import SocialFailedError
from members.social.alipay import Alipay
from members.social.base import Provider
from members.social.local import LocalProvider
from members.social.qq import QQ
from members.social.wechat import App, MiniProgram, WeChat

SLUGS = ("wechat", "qq", "alipay")


def providers() -> dict[str, Provider]:
    """Return the providers to sign in with, by name, in the order they are shown."""
    found: dict[str, Provider] = {}
    for slug in SLUGS:
        provider = _MAKERS[slug]()
        if provider is None and settings.DEMO:
            provider = LocalProvider(slug=slug)
        if provider is not None:
            found[slug] = provider
    return found


def get(slug: str) -> Provider:
    """Return a provider.

    Raises:
        SocialFailedError: this installation has no such one.
    """
    try:
        return providers()[slug]
    except KeyError:
        raise SocialFailedError("no such provider") from None


def mini_program() -> MiniProgram | None:
    """Return the shop's WeChat mini-program, if there is one."""
    config = settings.SOCIAL_WECHAT
    app = _app(config, "mini")
    return MiniProgram(app=app, api_url=config["api_url"]) if app else None


def _app(config: dict[str, str], name: str) -> App | None:
    app_id = config[f"{name}_app_id"]
    return App(app_id=app_id, secret=config[f"{name}_secret"]) if app_id else None


def _wechat() -> Provider | None:
    config = settings.SOCIAL_WECHAT
    web, official = _app(config, "web"), _app(config, "official")
    if web is None and official is None:
        return None
    return WeChat(
        web=web, official=official, open_url=config["open_url"], api_url=config["api_url"]
    )


def _qq() -> Provider | None:
    return QQ(**settings.SOCIAL_QQ) if settings.SOCIAL_QQ["app_id"] else None


def _alipay() -> Provider | None:
    return Alipay(**settings.SOCIAL_ALIPAY) if settings.SOCIAL_ALIPAY["app_id"] else None


_MAKERS = {"wechat": _wechat, "qq": _qq, "alipay": _alipay}
