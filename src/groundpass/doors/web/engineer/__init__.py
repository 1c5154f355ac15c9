"""Pages of an operator's engineer: the state of a feed, and what was reported back."""
