"""Intervals and tests against closed forms and other libraries."""

import math
import random

import pytest

from eval.statistics import estimate, paired, permutation_p_value, smallest_difference, smallest_difference_alone


def test_shares_have_wilson_intervals():
    e = estimate([1] * 8 + [0] * 2)
    assert (round(e.low, 3), e.value, round(e.high, 3)) == (0.490, 0.8, 0.943)  # Wilson's formula with z = 1.96.


def test_perfect_shares_still_have_a_width():
    e = estimate([1.0] * 10)
    assert e.value == e.high == 1
    assert 0.6 < e.low < 0.8


def test_means_have_bootstrap_intervals_about_as_wide_as_the_normal_ones():
    draw = random.Random(1)
    values = [draw.betavariate(2, 3) for _ in range(400)]
    e = estimate(values)
    half = 1.96 * (sum((v - e.value) ** 2 for v in values) / 399) ** 0.5 / 20
    assert e.low == pytest.approx(e.value - half, abs=half / 8)
    assert e.high == pytest.approx(e.value + half, abs=half / 8)


def test_intervals_are_the_same_every_time_and_cases_without_a_score_are_counted_apart():
    values = [0.1, 0.9, 0.4, None, 0.5]
    assert estimate(values) == estimate(values)
    assert (estimate(values).count, estimate(values).not_applicable) == (4, 1)
    assert estimate([None]).value is estimate([]).value is None


def test_a_permutation_test_of_few_changes_is_exact():
    assert permutation_p_value([1, 1, 1, 1, 1, 0, 0]) == pytest.approx(2 / 32)
    assert permutation_p_value([1, -1]) == 1
    assert permutation_p_value([1]) == permutation_p_value([0, 0]) == 1


@pytest.mark.parametrize(("gains", "losses"), [(30, 10), (18, 12)])
def test_a_permutation_test_of_right_and_wrong_is_the_sign_test(gains, losses):
    from scipy.stats import binomtest

    assert permutation_p_value([1] * gains + [-1] * losses) == pytest.approx(binomtest(gains, gains + losses).pvalue, abs=0.015)


def test_paired_comparison_is_b_less_a():
    p = paired([0, 0, 1, 0], [1, 1, 1, 0])
    assert (p.difference, p.count) == (0.5, 4)
    assert p.low <= 0.5 <= p.high
    assert paired([], []).difference is None


def test_the_smallest_difference_is_the_normal_approximation_and_shows_with_the_power_it_promises():
    differences = [0.5, -0.5] * 50
    assert smallest_difference(differences) == pytest.approx((1.959964 + 0.841621) * math.sqrt(0.25 * 100 / 99) / 10)
    assert smallest_difference([1.0]) is smallest_difference([1, 1]) is None
    assert smallest_difference_alone([0, 1] * 50) == pytest.approx(2.801585 * math.sqrt(2) * math.sqrt(0.25 * 100 / 99) / 10)
    draw = random.Random(2)
    shift = smallest_difference(differences)
    found = sum(_significant([shift + draw.choice((0.5, -0.5)) for _ in range(100)]) for _ in range(400)) / 400
    assert found == pytest.approx(0.8, abs=0.06)


def _significant(differences):
    mean = sum(differences) / len(differences)
    spread = (sum((d - mean) ** 2 for d in differences) / (len(differences) - 1)) ** 0.5
    return abs(mean) > 1.96 * spread / len(differences) ** 0.5
