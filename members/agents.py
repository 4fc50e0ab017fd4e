"""What a browser is called by people: "Chrome on Android", from what it says of itself."""

from __future__ import annotations

from django.utils.translation import gettext

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Alipay", "Alipay"),
    ("QQBrowser", "QQ Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def name(agent: str) -> str:
    """Return what to call a browser; a program that says nothing of itself is an app."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Another app")


def mask_network(ip: str) -> str:
    """Return a network address without its end: enough to recognize one's own."""
    if ":" in ip:
        return ":".join(ip.split(":")[:3]) + ":…"
    return ".".join([*ip.split(".")[:2], "*", "*"]) if ip.count(".") == 3 else ip
