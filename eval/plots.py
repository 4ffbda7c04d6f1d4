"""The report's plots, as SVG that takes its colours from the page."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eval.metrics.abstention import RiskCoverage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that stand for the page's own, put in after drawing.
_INK, _FAINT = "#010101", "#020202"
_SERIES = ("#030303", "#040404")
_PAGE = {_INK: "var(--ink)", _FAINT: "var(--line)", _SERIES[0]: "var(--accent)", _SERIES[1]: "var(--second)"}

Series = Mapping[str, Sequence[tuple[float, float]]]
"""Points (x, y) of up to two lines, by their names."""


def risk_coverage(curves: Mapping[str, RiskCoverage]) -> str:
    """Share of wrong answers over the share of questions answered, most confident first."""
    series = {name: list(zip(c.coverage, c.risk, strict=True)) for name, c in curves.items()}
    return _draw(series, "share of questions answered", "share of answers wrong", step=True)


def recall_by_budget(series: Series) -> str:
    """Share of the gold words over tokens of passages."""
    return _draw(series, "tokens of passages read", "share of gold words found", marker="o")


def latency(seconds: Mapping[str, Sequence[float]]) -> str:
    """Share of the questions answered within a time."""
    series = {name: [(v, (n + 1) / len(values)) for n, v in enumerate(sorted(values))] for name, values in seconds.items() if values}
    return _draw(series, "seconds to the whole answer", "share of questions", step=True)


def _draw(series: Series, x: str, y: str, *, step: bool = False, marker: str | None = None) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    # Text stays text, and ids are the same in every run.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "footnote", "font.family": "sans-serif", "font.size": 11}):
        figure = Figure(figsize=(5.2, 3.2), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        for (name, points), colour, style in zip(series.items(), _SERIES, ("-", "--"), strict=False):
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            axes.plot(xs, ys, style, color=colour, label=name, lw=2, marker=marker, drawstyle="steps-post" if step else "default")
        _style(axes, x, y)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"^.*?(?=<svg)", "", out.getvalue(), count=1, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1), count=1)
    for stand_in, colour in _PAGE.items():
        svg = svg.replace(stand_in, colour)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{y} over {x}" ', 1)


def _style(axes: Axes, x: str, y: str) -> None:
    axes.patch.set_alpha(0)
    axes.set_xlabel(x, color=_INK)
    axes.set_ylabel(y, color=_INK)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.tick_params(colors=_INK)
    axes.grid(color=_FAINT, lw=0.6)
    for spine in axes.spines.values():
        spine.set_color(_FAINT)
    legend: Any = axes.legend(frameon=False, labelcolor=_INK)
    legend.set_zorder(5)
