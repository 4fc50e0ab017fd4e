"""The points mall in the member center: what points buy, and what became of an order."""
