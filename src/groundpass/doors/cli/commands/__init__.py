"""The nouns: a folder each, or a file where the noun is a verb by itself."""
