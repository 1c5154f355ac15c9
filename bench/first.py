"""The first verdict of a fresh process: opens a store, decides one report, says what it was.

python first.py FOLDER NOW
"""

from __future__ import annotations

import sys
from pathlib import Path

import ours

if __name__ == "__main__":
    print(ours.first_verdict(Path(sys.argv[1]), int(sys.argv[2])))
