"""The command line: `groundpass NOUN VERB`, a folder per noun, a file per verb."""
