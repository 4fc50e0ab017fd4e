"""Signing in from apps and mini-programs by JSON, in the shapes of allauth's headless API."""
