"""Signing, verification, sealing, and the transparency log."""
