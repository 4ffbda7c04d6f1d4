"""Writes a run as one self-contained HTML file, and as Markdown for a pull request."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval import plots
from eval.calibration import calibration_of
from eval.compare import Comparison, compare
from eval.metrics.retrieval import BUDGETS
from eval.run import Run
from eval.scoring import METRICS
from eval.statistics import Estimate, Paired, smallest_difference_alone

_TEMPLATES = Path(__file__).parent / "templates"
RECORDED = Path(__file__).parent / "recorded"


def report_run(run: Run, baseline: Run | None, *, as_json: bool) -> None:
    """Writes a run's reports and prints its figures."""
    html, _ = write_reports(run, baseline)
    if as_json:
        print(json.dumps(dataclasses.asdict(run.summary) | {"seconds": run.seconds["summary"]}, ensure_ascii=False))
    else:
        print(text_summary(run, baseline))
        print(f"\nreport: {html}")


def write_reports(run: Run, baseline: Run | None) -> tuple[Path, Path]:
    """Writes ``report.html`` and ``report.md`` into the run's folder and returns their paths.

    Args:
        baseline: the run to stand beside this one; needs common cases.
    """
    html, markdown = run.path / "report.html", run.path / "report.md"
    values = _values(run, baseline, calibration_of(str(run.settings["judge"])))
    html.write_text(_environment(escape=True).get_template("report.html.j2").render(values), encoding="utf-8")
    markdown.write_text(_environment(escape=False).get_template("report.md.j2").render(values), encoding="utf-8")
    return html, markdown


def _environment(*, escape: bool) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=escape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"estimate": show, "difference": show_difference, "figure": _figure}
    return environment


def _values(run: Run, baseline: Run | None, calibration: Mapping[str, Any] | None) -> dict[str, Any]:
    comparison: Comparison | None = compare(baseline, run) if baseline else None
    right = [v for s in run.scores.values() if (v := s["right"]) is not None]
    answers = sorted(run.answers, key=lambda a: run.scores[a["case"]["id"]]["right"] or 0.0)
    return {
        "run": run,
        "baseline": baseline,
        "comparison": comparison,
        "metrics": METRICS,
        "groups": list(dict.fromkeys(m.group for m in METRICS.values())),
        "calibration": calibration,
        "smallest": smallest_difference_alone(right),
        "answers": answers,
        "wrong": sum(1 for v in right if v < 1),
        "plots": _plots(run, baseline),
        "settings": json.dumps(run.settings, ensure_ascii=False, indent=1),
    }


def _plots(run: Run, baseline: Run | None) -> dict[str, str]:
    runs = {r.settings["system"]: r for r in (run, baseline) if r is not None}
    drawn: dict[str, str] = {}
    if curves := {n: r.summary.risk_coverage for n, r in runs.items() if r.summary.risk_coverage}:
        drawn["Risk and coverage"] = plots.risk_coverage(curves)
    budgets = {n: _recall_points(r) for n, r in runs.items()}
    if budgets := {n: points for n, points in budgets.items() if points}:
        drawn["Recall by budget"] = plots.recall_by_budget(budgets)
    seconds = {n: [t for c in r.seconds["cases"].values() if (t := c["total"]) is not None] for n, r in runs.items()}
    if seconds := {n: values for n, values in seconds.items() if values}:
        drawn["Latency"] = plots.latency(seconds)
    return drawn


def _recall_points(run: Run) -> list[tuple[float, float]]:
    found = [(b, run.summary.metrics[f"evidence_recall@{b}"].value) for b in BUDGETS]
    return [(float(b), v) for b, v in found if v is not None]


def show(e: Estimate) -> str:
    """An estimate in per cent with its interval: ``87.4 % [79–93]``."""
    if e.value is None:
        return "applies to no case"
    interval = f" [{100 * e.low:.0f}–{100 * e.high:.0f}]" if e.low is not None and e.high is not None else ""
    return f"{100 * e.value:.1f} %{interval}"


def show_difference(p: Paired) -> str:
    """A difference in percentage points with its interval and p-value: ``+12.0 [+3, +21], p = 0.01``."""
    if p.difference is None or p.low is None or p.high is None or p.p_value is None:
        return ""
    probability = "p < 0.001" if p.p_value < 0.001 else f"p = {p.p_value:.3f}"
    return f"{100 * p.difference:+.1f} [{100 * p.low:+.0f}, {100 * p.high:+.0f}], {probability}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def text_summary(run: Run, baseline: Run | None) -> str:
    """A run's figures for the terminal, the cases that are not right at the end."""
    lines = [f"{run.name}: {len(run.scores)} cases", ""]
    head = f"  {'':<66} {run.settings['system']:<22}"
    lines.append(head + (f" {baseline.settings['system']}" if baseline else ""))
    for name, metric in METRICS.items():
        e = run.summary.metrics[name]
        if e.value is not None:
            label = metric.label + (" (low is good)" if metric.lower_is_better else "")
            lines.append(f"  {label:<66} {show(e):<22}" + (f" {show(baseline.summary.metrics[name])}" if baseline else ""))
    lines += ["", "right, by kind"]
    lines += [f"  {kind:<66} {show(e)} of {e.count}" for kind, e in run.summary.right_by_kind.items()]
    if run.seconds["summary"]:
        lines += ["", "seconds"]
        lines += [
            f"  {name.replace('_', ' '):<66} median {s['median']:.2f}, 90 % below {s['p90']:.2f}, {s['count']} measured"
            for name, s in run.seconds["summary"].items()
        ]
    if run.summary.failed:
        lines += [
            "",
            f"the system failed on {run.summary.failed} cases, for instance: {next(a['reply']['error'] for a in run.answers if a['reply']['error'])}",
        ]
    if wrong := [a for a in run.answers if not run.scores[a["case"]["id"]]["right"]]:
        lines += ["", "not right"]
        lines += [
            f"  {a['case']['id']} [{a['case']['kind']}] {a['case']['question']}\n      → {' '.join(a['reply']['text'].split())[:160]}"
            for a in wrong[:25]
        ]
        lines += [f"  … and {len(wrong) - 25} more, in the report"] if len(wrong) > 25 else []
    return "\n".join(lines)
