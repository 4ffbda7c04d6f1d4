"""How close is a rewritten question to a person's?"""

from __future__ import annotations

import re


def rouge_l(gold: str, text: str) -> float:
    """ROUGE-L F (Lin, 2004) in 0..1: harmonic mean of the longest common subsequence's share of either text's words, lower-cased, unstemmed."""
    from rapidfuzz.distance import LCSseq

    a, b = (re.findall(r"[a-z0-9]+", t.lower()) for t in (gold, text))
    common = LCSseq.similarity(a, b)
    return 2 * common / (len(a) + len(b)) if common else 0.0
