"""The storefront API's docs: a guide with a try-it client, the reference, the errors."""
