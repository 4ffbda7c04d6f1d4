"""Is the same question answered the same way in other words?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from eval.cases import Case


def rewording_groups(cases: Sequence[Case]) -> dict[str, list[str]]:
    """Ids of the rewordings of each case that has some, by its id."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.rewording_of:
            groups[case.rewording_of].append(case.id)
    return dict(groups)


def consistency(right: Mapping[str, float], groups: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of the rewordings of each case that are right, by the case's id; in 0..1. Rewordings that were not asked do not count."""
    asked = {original: [right[i] for i in ids if i in right] for original, ids in groups.items()}
    return {original: sum(values) / len(values) for original, values in asked.items() if values}


def all_right(right: Mapping[str, float], groups: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """1 for each case of which all rewordings are right, else 0 (worst case over a group, as Ribeiro et al., 2020, count a failed invariance)."""
    return {original: float(share == 1) for original, share in consistency(right, groups).items()}
