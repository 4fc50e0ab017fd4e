"""Kinds of member in the storefront API."""
