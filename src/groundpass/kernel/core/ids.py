"""Identifiers: the one place to import them from."""

from __future__ import annotations

from groundpass.kernel.core.columns import parse_column
from groundpass.kernel.core.normalising import BLOCK, Identifier, block, normalise, show
from groundpass.kernel.core.schemes import OTHER, Scheme, find_scheme, load_schemes, schemes

__all__ = [
    "BLOCK",
    "OTHER",
    "Identifier",
    "Scheme",
    "block",
    "find_scheme",
    "load_schemes",
    "normalise",
    "parse_column",
    "schemes",
    "show",
]
