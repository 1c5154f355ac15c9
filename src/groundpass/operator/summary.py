"""What came of deciding a file, as numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass
class Summary:
    """What came of a file. by_verdict and by_reason each sum to rows.

    unrecognised: rows whose id does not read under the release's scheme · bad_rows: rows by kind of what did
    not read or was missing · release: serial that decided.
    """

    rows: int = 0
    by_verdict: dict[str, int] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    unrecognised: int = 0
    bad_rows: dict[str, int] = field(default_factory=dict)
    release: int = 0
    seconds: float = 0.0
    rows_per_second: float = 0.0

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values."""
        return asdict(self)
