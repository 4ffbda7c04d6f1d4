"""The command line. With ``--json`` only JSON goes to standard output; progress, warnings and errors go to standard error.

Exit code 0 for an answer or an abstention, 2 for bad usage or input, 1 for a failure, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.config import ENGINES, Config, load_config
from rag.errors import DocumentError, FootnoteError, InputError
from rag.followup import standalone_question, turns_from
from rag.types import Answer, AnswerSentence, Filters, Passages, answer_to_json, hit_to_json

if TYPE_CHECKING:
    from rag.pipeline import Corpus
    from rag.sync import SyncReport


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["eval"]:
        from eval.__main__ import main as evaluate

        return evaluate(arguments[1:])
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except FootnoteError as e:
        _tell(f"footnote: {e}")
        return e.exit_code
    except KeyboardInterrupt:
        _tell("footnote: stopped; nothing already stored was lost")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="footnote", description="Answers questions about your documents, every sentence footnoted to the exact words that support it."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    def data(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--data", metavar="DIR", type=Path, help="data folder (default: footnote in the user's data directory)")

    def llm(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--llm",
            choices=ENGINES,
            help="who writes the answers (default: openai if OPENAI_API_KEY or OPENAI_BASE_URL is set, else local)",
        )

    def filters(sub: argparse.ArgumentParser) -> None:
        group = sub.add_argument_group("which documents may answer")
        group.add_argument(
            "--in",
            dest="paths",
            action="append",
            default=[],
            metavar="PATH",
            help="a document, a folder, or a pattern such as '2024/*.md'; may be repeated",
        )
        group.add_argument(
            "--type", dest="types", action="append", default=[], metavar="TYPE", help="a file ending (.md) or media type; may be repeated"
        )
        group.add_argument("--after", metavar="DATE", help="documents that state this date or a later one (YYYY-MM-DD)")
        group.add_argument("--before", metavar="DATE", help="documents that state this date or an earlier one (YYYY-MM-DD)")

    sub = command("index", _index, "index a folder of documents, or bring its index up to date")
    sub.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="folder with documents (default: the five articles that ship with Footnote)"
    )
    sub.add_argument("--replace", action="store_true", help="let these documents take the place of another folder's in this data folder")
    sub.add_argument("--rebuild", action="store_true", help="make the index anew, whatever the data folder holds")
    data(sub)

    sub = command("ask", _ask, "answer a question")
    sub.add_argument("question", nargs="?", metavar="QUESTION")
    sub.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help="an earlier question of the conversation, oldest first; may be repeated",
    )
    _batch(sub, "rows with id, question and history")
    filters(sub)
    llm(sub)
    data(sub)

    sub = command("search", _search, "list the passages closest to a question")
    sub.add_argument("question", nargs="?", metavar="QUESTION")
    size = sub.add_mutually_exclusive_group()
    size.add_argument("--k", type=positive, metavar="N", help="how many passages")
    size.add_argument("--tokens", type=positive, metavar="N", help="as many passages as fit in N tokens of the embedding model")
    _batch(sub, "rows with id and question")
    filters(sub)
    data(sub)

    sub = command("check", _check, "say whether evidence sentences support claims")
    _batch(sub, "rows with claim and evidence, a list of sentences", required=True)
    sub.add_argument("--llm", choices=ENGINES, help="let this engine's language model judge too: more often right, seconds a claim")

    sub = command("rewrite", _rewrite, "make follow-up questions stand alone")
    _batch(sub, "rows with id, history and question", required=True)
    sub.add_argument(
        "--llm", choices=ENGINES, help="let this engine's language model do it, as when it answers: more often right, a second a question"
    )

    sub = command("chat", _chat, "open the web chat")
    sub.add_argument("path", nargs="?", type=Path, metavar="PATH", help="folder to index first")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    sub.add_argument("--port", type=int, metavar="N", help="port to listen on (default: the first free one from 7860)")
    sub.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    llm(sub)
    data(sub)

    commands.add_parser("eval", help="run the evaluation suite (footnote eval --help)", add_help=False)
    return parser


def _batch(sub: argparse.ArgumentParser, rows: str, *, required: bool = False) -> None:
    sub.add_argument("--batch", type=Path, metavar="FILE.jsonl", required=required, help=f"JSON lines: {rows}")
    sub.add_argument("--json", action="store_true", help="print JSON, one value a line")


def positive(text: str) -> int:
    """A whole number from 1 on, as an argument's type."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


# --- commands ---


def _index(args: argparse.Namespace) -> int:
    from rag.resources import shipped

    report = _index_folder(args.path or shipped("seeds"), load_config(data_dir=args.data), replace=args.replace, rebuild=args.rebuild)
    return DocumentError.exit_code if report.problems else 0


def _ask(args: argparse.Namespace) -> int:
    _one_question_or_batch(args)
    with _corpus(args) as corpus:
        if args.batch is None:
            if args.json:
                answer = corpus.ask(args.question, args.history, _filters(args))
                _warn(answer)
                _print_json(answer_to_json(answer))
            else:
                _print_stream(corpus, args.question, args.history, _filters(args))
            return 0

        def answer_row(row: dict[str, Any]) -> dict[str, Any]:
            answer = corpus.ask(_text(row, "question"), turns_from(row.get("history", [])), _filters(args))
            _warn(answer)
            return answer_to_json(answer)

        return _run_batch(args, answer_row, lambda r: f"{r['question']}\n  {r['text']}")


def _search(args: argparse.Namespace) -> int:
    _one_question_or_batch(args)

    def find(question: str) -> dict[str, Any]:
        return {
            "question": question,
            "hits": [hit_to_json(h) for h in corpus.search(question, k=args.k, tokens=args.tokens, filters=_filters(args))],
        }

    with _corpus(args) as corpus:
        if args.batch is not None:
            return _run_batch(args, lambda row: find(_text(row, "question")), _hits_text)
        result = find(args.question)
        _print_json(result) if args.json else print(_hits_text(result))
    return 0


def _check(args: argparse.Namespace) -> int:
    from rag.entailment import open_checker
    from rag.grounding import check

    entails = open_checker(load_config(llm=args.llm), assisted=args.llm is not None)
    if entails:
        entails.load()

    def judge(row: dict[str, Any]) -> dict[str, Any]:
        evidence = row.get("evidence")
        if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
            raise InputError('"evidence" must be a list of strings')
        verdict = check(_text(row, "claim"), evidence, entails)
        return {"supported": verdict.supported, "score": verdict.score, "reasons": list(verdict.reasons)}

    return _run_batch(
        args, judge, lambda r: f"{'supported' if r['supported'] else 'not supported'} {r['score']:.2f} {'; '.join(r['reasons'])}"
    )


def _rewrite(args: argparse.Namespace) -> int:
    from rag.llm import Usage, open_language_model
    from rag.rewriting import rewrite

    model = open_language_model(load_config(llm=args.llm)) if args.llm else None

    def rewritten(row: dict[str, Any]) -> dict[str, Any]:
        question, history = _text(row, "question"), turns_from(row.get("history", []))
        return {"question": rewrite(lambda: model, question, history, Usage()) or standalone_question(question, history)}

    return _run_batch(args, rewritten, lambda r: str(r["question"]))


def _chat(args: argparse.Namespace) -> int:
    config = load_config(data_dir=args.data, llm=args.llm)
    if args.path:
        _index_folder(args.path, config)
    _tell("footnote: starting the web chat …")
    with _corpus(args) as corpus:
        from ui.app import launch

        launch(corpus, host=args.host, port=args.port, open_browser=not args.no_browser)
    return 0


# --- indexing ---


def _index_folder(path: Path, config: Config, *, replace: bool = False, rebuild: bool = False) -> SyncReport:
    from rag.pipeline import index

    _tell(f"footnote: indexing {path} …")
    with _progress_bar() as progress:
        report = index(path, config, replace=replace, rebuild=rebuild, progress=progress)
    for problem in report.problems:
        _tell(f"footnote: {problem}")
    if report.skipped:
        types = ", ".join(sorted({p.suffix or p.name for p in report.skipped}))
        _tell(f"footnote: {len(report.skipped)} files of other types were left out ({types})")
    changes = f"{len(report.added)} new, {len(report.changed)} changed, {len(report.removed)} removed, {report.unchanged} unchanged"
    _tell(f"footnote: {changes}; embedded {report.embedded} chunks, {report.chunks} in {config.data_dir}")
    return report


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    from tqdm import tqdm

    with tqdm(unit="file", desc="footnote: embedding", file=sys.stderr, leave=False, disable=None) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.set_postfix_str(name[-40:], refresh=False)
            bar.update(done - bar.n)
            bar.refresh()

        yield progress


def _corpus(args: argparse.Namespace) -> Corpus:
    """The corpus in the data folder; the shipped articles are indexed if the default data folder holds nothing yet."""
    from rag.pipeline import Corpus
    from rag.resources import shipped
    from rag.store import exists

    config = load_config(data_dir=args.data, llm=getattr(args, "llm", None))
    if not exists(config.data_dir) and args.data is None and "FOOTNOTE_DATA_DIR" not in os.environ:
        _tell(
            "footnote: nothing has been indexed yet; starting with the articles that ship with Footnote (your own: footnote index FOLDER)"
        )
        _index_folder(shipped("seeds"), config)
    return Corpus(config)


# --- questions and rows in, answers out ---


def _one_question_or_batch(args: argparse.Namespace) -> None:
    if (args.question is None) == (args.batch is None):
        raise InputError(f"give either a question or --batch FILE.jsonl: footnote {args.command} --help")
    if args.question is not None:
        from rag.pipeline import valid_question

        valid_question(args.question)  # Before anything slow is loaded.
    elif not args.batch.is_file():
        raise InputError(f"{args.batch}: no such file; give a file of JSON lines")


def _filters(args: argparse.Namespace) -> Filters:
    return Filters(tuple(args.paths), tuple(args.types), args.after, args.before)


def _text(row: dict[str, Any], key: str) -> str:
    if not isinstance(row.get(key), str):
        raise InputError(f'"{key}" must be a string')
    return str(row[key])


def _run_batch(args: argparse.Namespace, work: Callable[[dict[str, Any]], dict[str, Any]], as_text: Callable[[dict[str, Any]], str]) -> int:
    """One result a line, in order; a row that cannot be read or answered gives ``{"id", "error"}`` and the rest go on."""
    try:
        lines = args.batch.read_bytes().splitlines()
    except OSError as e:
        raise InputError(f"{args.batch}: cannot be read ({e.strerror}); give a file of JSON lines") from e
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Any = None
        try:
            try:
                row = json.loads(line.decode("utf-8"))
            except ValueError as e:
                raise InputError(f"is not JSON ({e})") from e
            if not isinstance(row, dict):
                raise InputError("is not a JSON object")
            result = work(row)
            text = as_text(result)
        except FootnoteError as e:
            message = f"{args.batch}, line {number}: {e}"
            _tell(f"footnote: {message}")
            result, text = {"error": message}, f"error: {message}"
        row_id = {"id": row["id"]} if isinstance(row, dict) and "id" in row else {}
        _print_json(row_id | result) if args.json else print(text, flush=True)
    return 0


def _print_stream(corpus: Corpus, question: str, history: Sequence[str], filters: Filters) -> None:
    """The answer sentence by sentence as it comes, then its footnotes."""
    for event in corpus.stream(question, history, filters):
        match event:
            case Passages():
                pass
            case AnswerSentence(sentence=s):
                print(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}", flush=True)
            case Answer():
                _warn(event)
                if event.abstained:
                    print(event.text)
                    print("\nClosest passages:" if event.hits else "")
                    for hit in event.hits[:3]:
                        print(f"  {hit.chunk.document_id}:{hit.chunk.start}-{hit.chunk.end}  {' '.join(hit.chunk.text.split())[:300]}")
                for c in event.citations:
                    print(
                        f"\n[{c.number}] {c.title}{f' ({c.published})' if c.published else ''} — {c.document_id}:{c.start}-{c.end}\n    “{' '.join(c.quote.split())}”"
                    )


def _hits_text(result: dict[str, Any]) -> str:
    return (
        "\n".join(
            f"{h['rank']:>3}  {h['score']:.3f}  {h['document_id']}:{h['start']}-{h['end']}  {' '.join(h['text'].split())[:160]}"
            for h in result["hits"]
        )
        or "no passages"
    )


def _warn(answer: Answer) -> None:
    if answer.reason and not answer.abstained:
        _tell(f"footnote: {answer.reason}")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
