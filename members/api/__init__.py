"""Members in the storefront API."""
