"""``python -m eval``, ``footnote eval``: the command line of the evaluation suite. Without a subcommand it makes a run.

Exit code 0 for success, 1 for a failure or a gate that does not hold, 2 for bad usage or input, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.cli import positive
from rag.config import ENGINES, load_config
from rag.errors import ConfigError, FootnoteError, InputError

if TYPE_CHECKING:
    from eval.run import Run

PACKAGE = Path(__file__).parent
CASES = PACKAGE / "cases.jsonl"
_EXTRA = ("ir_measures", "jinja2", "langchain_text_splitters", "matplotlib", "rapidfuzz", "sklearn")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "compare": _compare,
        "report": _report,
        "record": _record,
        "judge": _judge,
        "cases": _cases,
        "bench": _bench,
    }
    command = commands.get(arguments[0]) if arguments else None
    try:
        _need_extra()
        return command(arguments[1:]) if command else _run(arguments[1:] if arguments[:1] == ["run"] else arguments)
    except FootnoteError as e:
        print(f"footnote eval: {e}", file=sys.stderr)
        return e.exit_code
    except KeyboardInterrupt:
        print("footnote eval: stopped; what was answered is kept, the same command goes on from there", file=sys.stderr)
        return 130


def _need_extra() -> None:
    """Raises ConfigError where the packages of the extra ``eval`` are missing."""
    if missing := [name for name in _EXTRA if find_spec(name) is None]:
        raise ConfigError(f'the evaluation suite needs {", ".join(missing)}; run: pip install "footnote[eval]"')


def _parser(name: str, description: str, epilog: str | None = None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"footnote eval {name}".strip(), description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _tell(message: str) -> None:
    print(f"footnote eval: {message}", file=sys.stderr)


# --- a run ---


def _run(argv: Sequence[str]) -> int:
    parser = _parser(
        "",
        "Asks a system the evaluation cases and prints how often it is right, silent and supported, with 95 % intervals.",
        "other commands:\n"
        "  compare A B       which cases changed between two runs, with p-values\n"
        "  report RUN        write a run's HTML and Markdown again\n"
        "  record RUN DIR    keep a run's scores, to be committed as a baseline\n"
        "  judge             how well the judges agree with people\n"
        "  cases check|new   verify cases, or draft some about a folder\n"
        "  bench NAME        public benchmarks: spans, retrieval, answers, followup, grounding, answerable",
    )
    parser.add_argument(
        "--system", default="footnote", metavar="NAME", help="footnote, usual-recipe, closed-book, or a chatbot's OpenAI-compatible address"
    )
    parser.add_argument("--llm", choices=ENGINES, help="who writes the answers")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE.jsonl", help="default: the cases about the shipped articles")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", help="documents that the cases are about (default: the shipped articles)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="ask this index as it is, instead of a new one of --docs")
    parser.add_argument("--split", choices=("dev", "test", "all"), default="test", help="which half of the cases (default: test)")
    parser.add_argument("--limit", type=positive, metavar="N", help="only the first N of them")
    parser.add_argument(
        "--judge", default="lexical", metavar="NAME", help="lexical, 'cross-encoder NAME' or 'llm ENDPOINT' (default: lexical)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: runs/SYSTEM-ENGINE-SPLIT)")
    parser.add_argument("--fresh", action="store_true", help="ask the language model again, whatever is remembered")
    parser.add_argument(
        "--baseline", metavar="RUN", help="run to stand in the report; 'none' for none (default: the usual recipe, recorded or run now)"
    )
    parser.add_argument("--against", type=Path, metavar="RUN", help="gate: fail if this run is significantly worse in any metric")
    parser.add_argument(
        "--fail-under",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="gate: fail if the interval's lower bound is below; for metrics that should be low, if the upper is above",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    args = parser.parse_args(argv)
    from eval.gates import hold, parse_gate

    gates = [parse_gate(g) for g in args.fail_under]

    from eval.report import report_run
    from eval.run import load_run

    against = load_run(args.against) if args.against else None
    run, baseline = _make_run(args)
    report_run(run, baseline, as_json=args.json)
    return hold(run, against, gates)


def _make_run(args: argparse.Namespace) -> tuple[Run, Run | None]:
    """The run that the arguments ask for, and the one to stand beside it."""
    from eval.cases import load_cases
    from eval.judges import open_judge
    from eval.run import settings
    from eval.session import Session
    from eval.systems import FOOTNOTE, USUAL_RECIPE, check_system, folder_name
    from rag.resources import shipped

    config = load_config(llm=args.llm, data_dir=args.data)
    folder = args.docs or (_indexed_folder(config) if args.data else shipped("seeds"))
    with Session(folder, args.data, config, fresh=args.fresh) as session:
        cases = [c for c in load_cases(args.cases, session.texts.__getitem__) if args.split in ("all", c.split)][: args.limit]
        if not cases:
            raise InputError(f"{args.cases}: holds no case of the {args.split} half; use --split all")
        judge = open_judge(args.judge, config)
        check_system(args.system, config)
        cases_sha256 = hashlib.sha256(args.cases.read_bytes()).hexdigest()

        def made_with(system: str) -> dict[str, Any]:
            return settings(config, system, judge.name, session.texts, args.cases.name, cases_sha256, cases)

        out = args.out or Path("runs") / f"{folder_name(args.system)}-{config.llm}-{args.split}"
        baseline = _baseline(args.baseline, made_with(USUAL_RECIPE)) if args.system != USUAL_RECIPE else None
        run = session.run(args.system, cases, judge, out, made_with(args.system))
        if baseline is None and args.baseline is None and args.system == FOOTNOTE and config.llm != "extractive":
            _tell("the usual recipe, to stand beside it …")
            baseline = session.run(USUAL_RECIPE, cases, judge, out / USUAL_RECIPE, made_with(USUAL_RECIPE))
    return run, baseline


def _indexed_folder(config: Any) -> Path:
    from rag.pipeline import Corpus

    with Corpus(config) as corpus:
        return Path(corpus.root)


def _baseline(wanted: str | None, settings: dict[str, Any]) -> Run | None:
    """The run that was named, else a recorded one of the usual recipe over the same cases, documents and judge; None if there is none."""
    from eval.report import RECORDED
    from eval.run import load_run

    if wanted == "none":
        return None
    if wanted is not None:
        return load_run(Path(wanted))
    for folder in sorted(p.parent for p in RECORDED.glob("*/settings.json")):
        recorded = load_run(folder)
        same = all(recorded.settings[k] == settings[k] for k in ("system", "judge", "corpus_sha256", "cases_sha256"))
        if same and set(settings["cases"]["splits"]) <= set(recorded.settings["cases"]["splits"]):
            return recorded
    return None


# --- other commands ---


def _compare(argv: Sequence[str]) -> int:
    parser = _parser("compare", "Compares run B with run A, case by case.")
    parser.add_argument("a", type=Path, metavar="A")
    parser.add_argument("b", type=Path, metavar="B")
    parser.add_argument("--fail-if-worse", action="store_true", help="exit with 1 if B is significantly worse in any metric")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)

    from eval.compare import compare
    from eval.report import show, show_difference
    from eval.run import load_run
    from eval.scoring import METRICS

    a, b = load_run(args.a), load_run(args.b)
    found = compare(a, b)
    if args.json:
        print(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
    else:
        print(f"A: {a.name} ({a.path})\nB: {b.name} ({b.path})\n{found.common} common cases\n")
        print(f"  {'':<66} {'A':<22} {'B':<22} B − A, percentage points")
        for name, p in found.metrics.items():
            print(
                f"  {METRICS[name].label:<66} {show(a.summary.metrics[name]):<22} {show(b.summary.metrics[name]):<22} {show_difference(p)}"
            )
        right = found.metrics["right"]
        if right.smallest_difference is not None:
            print(
                f"\nso many cases, changing as much as these do, show a difference in “right” from {100 * right.smallest_difference:.1f} points on (80 % power)"
            )
        for label, ids in (("became right", found.became_right), ("became wrong", found.became_wrong)):
            print(f"{label}: {', '.join(ids) or 'none'}")
    return int(args.fail_if_worse and bool(found.worse()))


def _report(argv: Sequence[str]) -> int:
    parser = _parser("report", "Writes report.html and report.md of a run again.")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument(
        "--baseline", type=Path, metavar="RUN", help="run to stand beside it (default: the usual recipe's, where there is one)"
    )
    args = parser.parse_args(argv)

    from eval.report import write_reports
    from eval.run import load_run
    from eval.systems import USUAL_RECIPE

    run = load_run(args.run)
    beside = args.run / USUAL_RECIPE
    wanted = str(args.baseline) if args.baseline else str(beside) if (beside / "summary.json").exists() else None
    baseline = _baseline(wanted, dict(run.settings) | {"system": USUAL_RECIPE}) if run.settings["system"] != USUAL_RECIPE else None
    html, markdown = write_reports(run, baseline)
    print(f"{html}\n{markdown}")
    return 0


def _record(argv: Sequence[str]) -> int:
    parser = _parser("record", "Keeps the scores of a run without its answers, to be committed and compared with later.")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("target", type=Path, metavar="DIR")
    args = parser.parse_args(argv)

    from eval.run import load_run, record

    record(load_run(args.run), args.target)
    return 0


def _judge(argv: Sequence[str]) -> int:
    parser = _parser("judge", "Reports how well judges agree with people's labels, with 95 % intervals, and remembers it for the reports.")
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="PATH",
        help="claims with labels: a JSON-lines file, or a folder with grounding/claims.jsonl or RAGTruth",
    )
    parser.add_argument("--judge", action="append", metavar="NAME", help="may be repeated (default: lexical)")
    parser.add_argument("--limit", type=positive, metavar="N", help="at most N claims of each set")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)

    from eval.benchmarks.claims import load_claims
    from eval.calibration import calibrate, remember, table
    from eval.judges import open_judge

    config = load_config()
    claims = load_claims(args.data, args.limit)
    measured = [calibrate(open_judge(name, config), claims) for name in args.judge or ["lexical"]]
    for calibration in measured:
        remember(calibration, config.cache_dir)
    print(json.dumps(measured, ensure_ascii=False) if args.json else "\n\n".join(table(m) for m in measured))
    return 0


def _cases(argv: Sequence[str]) -> int:
    parser = _parser("cases", "Verifies cases, or drafts some about a folder of documents for a person to confirm.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="verify that every case can be used and its gold words are in the documents")
    check.add_argument("cases", type=Path, metavar="FILE.jsonl")
    check.add_argument("docs", type=Path, metavar="FOLDER")
    new = commands.add_parser("new", help="draft cases about a folder with the language model")
    new.add_argument("path", type=Path, metavar="PATH", help="folder of documents")
    new.add_argument("--out", type=Path, default=Path("cases.jsonl"), metavar="FILE.jsonl", help="default: cases.jsonl; must not exist yet")
    new.add_argument("--number", type=positive, default=20, metavar="N", help="how many (default: 20)")
    new.add_argument("--llm", choices=ENGINES)
    args = parser.parse_args(argv)

    from eval.systems import read_texts

    if args.command == "check":
        from eval.cases import load_cases

        cases = load_cases(args.cases, read_texts(args.docs).__getitem__)
        print(f"{len(cases)} cases, {sum(not c.answerable for c in cases)} of them not answerable; all gold words found")
        return 0
    from eval.case_drafts import draft_cases
    from eval.cases import dump_rows

    if args.out.exists():
        raise InputError(f"{args.out}: exists already; choose another file with --out")
    rows = draft_cases(read_texts(args.path), load_config(llm=args.llm), args.number)
    args.out.write_text(dump_rows(rows), encoding="utf-8")
    print(f'{args.out}: {len(rows)} drafts; read each, correct it, and take out "draft". Add questions that the documents do not answer.')
    return 0


def _bench(argv: Sequence[str]) -> int:
    from eval.benchmarks import bench

    return bench.main(argv)


if __name__ == "__main__":
    sys.exit(main())
