"""``python -m eval``: asks the cases, prints the metrics with 95 % intervals, and writes a JSON report."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from eval.cases import load_cases
from eval.run import Proportion, Result, ask_cases, result_to_json, settings, summarise
from rag.config import ENGINES, load_config
from rag.errors import FootnoteError

CASES = Path(__file__).parent / "cases.jsonl"
_LABELS = {
    "right": "right, over all",
    "right_answerable": "right, answerable questions",
    "abstention_recall": "abstention recall (unanswerable ones refused)",
    "abstention_precision": "abstention precision (refusals that were due)",
    "gold_in_hits": "gold words in the passages found",
    "citations_on_gold": "citations on gold words",
    "citations_verbatim": "citations verbatim",
    "sentences_supported": "sentences supported (suite's own lexical judge)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the suite; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="footnote eval",
        description="Asks the evaluation cases and prints how often the answers are right, silent and supported, with 95 % intervals.",
    )
    parser.add_argument("--cases", type=Path, default=CASES, help="JSON lines (default: the cases about the shipped articles)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder to ask (default: the shipped articles, indexed into a temporary folder)"
    )
    parser.add_argument("--split", choices=("dev", "test", "all"), default="all")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N cases")
    parser.add_argument("--llm", choices=ENGINES, help="who writes the answers")
    parser.add_argument(
        "--report", type=Path, default=Path("runs/eval.json"), metavar="FILE.json", help="where the report goes (default: runs/eval.json)"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    args = parser.parse_args(argv)
    try:
        return _run(args)
    except FootnoteError as e:
        print(f"footnote eval: {e}", file=sys.stderr)
        return e.exit_code
    except KeyboardInterrupt:
        print("footnote eval: stopped; no report was written", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from rag.pipeline import Corpus, index
    from rag.resources import shipped

    with ExitStack() as stack:
        data_dir = args.data
        if data_dir is None:
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-eval-")))
            print("footnote eval: indexing the shipped articles …", file=sys.stderr)
            index(shipped("seeds"), load_config(data_dir=data_dir))
        corpus = stack.enter_context(Corpus(load_config(data_dir=data_dir, llm=args.llm)))

        def text_of(document_id: str) -> str:
            """The text as it stands in the file now, not in the index."""
            return (
                (Path(corpus.root) / document_id).read_text(encoding="utf-8") if document_id in known else corpus.document(document_id).text
            )

        known = set(corpus.document_ids())
        cases = [c for c in load_cases(args.cases, text_of) if args.split in ("all", c.split)][: args.limit]
        results: list[Result] = []
        for result in tqdm(ask_cases(corpus, cases, text_of), total=len(cases), desc="footnote eval", unit="case", file=sys.stderr):
            results.append(result)
        summary = summarise(results)
        report = {
            "summary": _plain(summary),
            "settings": settings(corpus, args.cases) | {"split": args.split},
            "cases": [result_to_json(r) for r in results],
        }
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if args.json:
        print(json.dumps(report["summary"], ensure_ascii=False))
    else:
        print(_text(summary, results))
        print(f"\nreport: {args.report}")
    return 0


def _text(summary: dict[str, Any], results: Sequence[Result]) -> str:
    models = ", ".join(dict.fromkeys(r.answer.model for r in results))
    lines = [f"{len(results)} cases, {sum(r.case.answerable for r in results)} of them answerable; answered by {models}", ""]
    lines += [f"  {label:<50} {_show(summary[key])}" for key, label in _LABELS.items()]
    lines += ["", "right, by kind"]
    lines += [f"  {kind:<50} {_show(p)}" for kind, p in summary["right_by_kind"].items()]
    lines += ["", "seconds"]
    lines += [
        f"  {name.replace('_', ' '):<50} median {s['median']:.2f}, 90 % below {s['p90']:.2f}" for name, s in summary["seconds"].items() if s
    ]
    if wrong := [r for r in results if not r.scores["right"]]:
        lines += ["", "not right"]
        lines += [f"  {r.case.id} [{r.case.kind}] {r.case.question}\n      → {' '.join(r.answer.text.split())[:200]}" for r in wrong]
    return "\n".join(lines)


def _show(p: Proportion) -> str:
    if p.value is None:
        return "none applies"
    interval = f" [{100 * p.low:.0f}–{100 * p.high:.0f}]" if p.low is not None and p.high is not None else ""
    return f"{100 * p.value:5.1f} %{interval} of {p.count}"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    sys.exit(main())
