"""What a verdict means: the reference, the fast paths, the explanation."""
