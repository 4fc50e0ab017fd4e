"""Servers that speak the protocols of WeChat, QQ and Alipay, as their documents say."""
