"""Signing in with an account somewhere else: WeChat, QQ, Alipay, each by its own protocol."""
