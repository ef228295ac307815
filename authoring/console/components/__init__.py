"""Widgets of the console that own what is typed into them."""
