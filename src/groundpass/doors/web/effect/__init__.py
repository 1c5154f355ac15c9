"""The page of effect: what the releases did in the world, in figures that say how they were counted."""
