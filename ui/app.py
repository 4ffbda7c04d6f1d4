"""The web chat: a question, the passages at once, the answer sentence by sentence, and the source of each with its words marked."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from rag.errors import FootnoteError
from rag.offline import switch_offline
from rag.pipeline import MAX_QUESTION_CHARACTERS, Corpus
from rag.resources import shipped
from rag.types import Answer, AnswerSentence, Filters, Passages, turn_of
from ui.render import FailedTurn, PendingTurn, Turn, source_html, transcript_html
from ui.theme import CSS, FONTS, MONOSPACE_FONTS, SOURCE_JS, TRANSCRIPT_JS

switch_offline()
import gradio as gr  # noqa: E402  (takes seconds: whoever imports this module wants the page)

OVERVIEW = "What are these documents about?"
"""Can be asked of any."""
EXAMPLES = (
    OVERVIEW,
    "Who is the foreign minister of North Korea?",
    "What did Russia veto at the United Nations?",
    "What is the boiling point of lead?",
)
_HINT = '<p class="fn-hint">Click a number or a passage: its source opens here, with the words marked.</p>'


def build_app(corpus: Corpus, *, examples: tuple[str, ...] = ()) -> gr.Blocks:
    """The page over an opened corpus; ``examples`` are questions to click on."""
    count = len(corpus.document_ids())
    welcome = f"Ask about the {count} document{'s' if count != 1 else ''} in {corpus.root}. Every sentence is footnoted to the exact words that support it."

    def ask(
        question: str, turns: tuple[Turn, ...], paths: list[str] | None, types: list[str] | None, after: str | None, before: str | None
    ) -> Iterator[tuple[str, tuple[Turn, ...], Any]]:
        """Yields the transcript, the turns, and the question box, which is emptied at once."""
        filters = Filters(tuple(paths or ()), tuple(types or ()), (after or "").strip() or None, (before or "").strip() or None)
        if not question.strip():
            yield transcript_html(turns, welcome), turns, gr.skip()
            return
        history = [turn_of(t) for t in turns if isinstance(t, Answer)]
        turn: Turn = PendingTurn(question)
        yield transcript_html((*turns, turn)), turns, ""
        try:
            for event in corpus.stream(question, history, filters):
                match event:
                    case Passages(hits=hits):
                        turn = PendingTurn(question, hits)
                    case AnswerSentence(sentence=sentence, citations=citations):
                        turn = (
                            PendingTurn(question, turn.hits, (*turn.sentences, sentence), citations)
                            if isinstance(turn, PendingTurn)
                            else turn
                        )
                    case Answer():
                        turn = event
                yield transcript_html((*turns, turn)), (*turns, turn), gr.skip()
        except FootnoteError as e:
            turn = FailedTurn(question, str(e))
            yield transcript_html((*turns, turn)), (*turns, turn), gr.skip()

    def open_source(turns: tuple[Turn, ...], event: gr.EventData) -> Any:
        """The source of the citation or passage that was clicked."""
        wanted = event._data or {}
        try:
            turn = turns[int(wanted.get("turn", -1))]
            return _source(corpus, turn, citation=int(wanted.get("citation", 0)), hit=int(wanted.get("hit", 0)))
        except (IndexError, KeyError, ValueError, TypeError):
            return gr.skip()

    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as app:
        turns = gr.State(())
        gr.Markdown("# Footnote", elem_id="fn-title")
        with gr.Row():
            with gr.Column(scale=3, min_width=360):
                transcript = gr.HTML(transcript_html((), welcome), elem_id="fn-transcript", js_on_load=TRANSCRIPT_JS)
                with gr.Row():
                    box = gr.Textbox(
                        placeholder="Ask a question …",
                        show_label=False,
                        label="Question",
                        scale=8,
                        max_lines=4,
                        autofocus=True,
                        max_length=MAX_QUESTION_CHARACTERS,
                        elem_id="fn-question",
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=70, elem_id="fn-ask")
                with gr.Row():
                    stop = gr.Button("Stop", size="sm", min_width=70, elem_id="fn-stop")
                    fresh = gr.Button("New conversation", size="sm", min_width=120, elem_id="fn-new")
                with gr.Accordion("Which documents may answer", open=False, elem_id="fn-filters"):
                    ids = corpus.document_ids()
                    folders = sorted({str(parent) + "/" for i in ids for parent in PurePosixPath(i).parents if str(parent) != "."})
                    paths = gr.Dropdown(
                        [*folders, *ids], multiselect=True, label="Files and folders (all if none is chosen)", elem_id="fn-paths"
                    )
                    with gr.Row():
                        types = gr.Dropdown(
                            sorted({PurePosixPath(i).suffix for i in ids}), multiselect=True, label="Types of file", elem_id="fn-types"
                        )
                        after = gr.Textbox(label="Stating this date or later", placeholder="YYYY-MM-DD", max_lines=1, elem_id="fn-after")
                        before = gr.Textbox(
                            label="Stating this date or earlier", placeholder="YYYY-MM-DD", max_lines=1, elem_id="fn-before"
                        )
                if examples:
                    gr.Examples([[e] for e in examples], inputs=[box], label="Try one of these", elem_id="fn-examples")
            with gr.Column(scale=2, min_width=320):
                source = gr.HTML(_HINT, elem_id="fn-source", js_on_load=SOURCE_JS)
        inputs, outputs = [box, turns, paths, types, after, before], [transcript, turns, box]
        running = gr.on(
            [box.submit, send.click],
            ask,
            inputs,
            outputs,
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=1,
            trigger_mode="multiple",
        )
        stop.click(
            lambda turns: (transcript_html(kept := tuple(t for t in turns if not isinstance(t, PendingTurn)), welcome), kept),
            [turns],
            [transcript, turns],
            cancels=[running],
            api_visibility="private",
        )
        fresh.click(
            lambda: (transcript_html((), welcome), (), _HINT),
            None,
            [transcript, turns, source],
            cancels=[running],
            api_visibility="private",
        )
        transcript.select(open_source, [turns], [source], show_progress="hidden", api_visibility="private")
    return app


def _source(corpus: Corpus, turn: Turn, *, citation: int, hit: int) -> str:
    """The document with all of the turn's citations in it marked, or with one passage marked."""
    if citation and not isinstance(turn, FailedTurn):
        cited = turn.citations[citation - 1]
        spans = [(c.start, c.end) for c in turn.citations if c.document_id == cited.document_id]
        return source_html(corpus.document(cited.document_id), spans, spans.index((cited.start, cited.end)))
    if isinstance(turn, FailedTurn) or not turn.hits:
        raise KeyError(hit)
    chunk = turn.hits[hit - 1].chunk
    return source_html(corpus.document(chunk.document_id), [(chunk.start, chunk.end)], 0)


def launch(corpus: Corpus, *, host: str = "127.0.0.1", port: int | None = None, open_browser: bool = True) -> None:
    """Serves the page until interrupted. Models load in the background while the page opens."""
    is_seeds = set(corpus.document_ids()) == {p.name for p in shipped("seeds").iterdir()}
    app = build_app(corpus, examples=EXAMPLES if is_seeds else (OVERVIEW,))
    threading.Thread(target=_warm_up, args=(corpus,), daemon=True).start()
    _, url, _ = app.queue().launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        quiet=True,
        prevent_thread_lock=True,
        share=False,
        show_error=True,
        theme=gr.themes.Default(font=FONTS, font_mono=MONOSPACE_FONTS),
        css=CSS,
        footer_links=[],
        ssr_mode=False,
    )
    print(f"footnote: open {url} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    app.block_thread()


def _warm_up(corpus: Corpus) -> None:
    try:
        corpus.load()
        corpus.load_language_model()
    except FootnoteError as e:
        print(f"footnote: {e}", file=sys.stderr, flush=True)
