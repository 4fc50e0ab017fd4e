"""How dates and times read where Django's own formats are not the product's."""
