"""The acts of the story, in the order of the road: each calls the same commands as people do."""
