"""The story of one terminal and its fleet, told by the same commands that people use."""
