"""Storefront endpoints that mix what several apps know."""
