"""The demo shop: what a newcomer finds after the first start."""
