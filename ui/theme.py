"""Looks of the web chat: system fonts only, nothing from other hosts, light and dark."""

FONTS = ("system-ui", "sans-serif")
MONOSPACE_FONTS = ("ui-monospace", "monospace")

CSS = """
.gradio-container { max-width: 1400px !important; margin: 0 auto; }
#fn-transcript, #fn-source { height: calc(100vh - 370px); min-height: 300px; overflow-y: auto !important; padding: 4px 12px; }
#fn-source { height: calc(100vh - 120px); border-left: 1px solid var(--border-color-primary); }
.fn-welcome, .fn-hint { color: color-mix(in srgb, var(--body-text-color) 70%, transparent); padding: 24px 4px; }
.fn-turn { margin: 0 0 22px; }
.fn-question { background: var(--background-fill-secondary); border-radius: 12px; padding: 8px 14px; margin: 0 0 10px auto; width: fit-content; max-width: 85%; white-space: pre-wrap; overflow-wrap: anywhere; }
.fn-text { line-height: 1.6; margin: 4px 0; overflow-wrap: anywhere; }
.fn-abstained { font-weight: 600; }
.fn-status, .fn-meta, .fn-understood { color: color-mix(in srgb, var(--body-text-color) 70%, transparent); font-size: 0.85em; margin: 4px 0; }
.fn-notice { font-size: 0.85em; border-left: 3px solid var(--color-accent); padding: 2px 8px; margin: 6px 0; }
.fn-item { display: list-item; margin-left: 1.4em; }
.fn-marked { list-style: none; }
.fn-cite { font-size: 0.72em; line-height: 1; vertical-align: super; margin-left: 3px; padding: 2px 5px; border-radius: 6px; border: 1px solid var(--color-accent); color: var(--color-accent); background: transparent; cursor: pointer; }
.fn-cite:hover, .fn-cite:focus-visible { background: var(--color-accent); color: white; }
.fn-footnotes, .fn-hits ol { font-size: 0.85em; padding-left: 22px; margin: 8px 0; list-style: decimal; }
.fn-open { text-align: left; vertical-align: top; background: none; border: none; cursor: pointer; padding: 2px; color: inherit; font: inherit; }
.fn-open:hover, .fn-open:focus-visible { text-decoration: underline; }
.fn-open cite { color: color-mix(in srgb, var(--body-text-color) 70%, transparent); font-style: italic; }
.fn-hits summary { cursor: pointer; font-size: 0.85em; color: color-mix(in srgb, var(--body-text-color) 70%, transparent); }
.fn-source h2 { font-size: 1.05em; margin: 0; }
.fn-source header p { font-size: 0.8em; color: color-mix(in srgb, var(--body-text-color) 70%, transparent); margin: 2px 0 10px; }
.fn-source-text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.6; }
.fn-source-text mark { background: #fff3b0; color: #1f2937; border-radius: 3px; }
.fn-source-text mark.fn-chosen { background: #ffd43b; outline: 2px solid #f08c00; }
@media (max-width: 800px) { #fn-transcript, #fn-source { height: auto; max-height: 70vh; border-left: none; } }
"""

TRANSCRIPT_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-citation], [data-hit]');
  if (button) trigger('select', { turn: Number(button.dataset.turn), citation: Number(button.dataset.citation || 0), hit: Number(button.dataset.hit || 0) });
});
let turns = 0;
let atEnd = true;
const pane = () => document.getElementById('fn-transcript');
document.addEventListener('scroll', (event) => {
  const box = pane();
  if (event.target === box) atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}, true);
new MutationObserver(() => {
  const now = element.querySelectorAll('.fn-turn').length;
  if (now !== turns) atEnd = true;
  turns = now;
  if (atEnd) pane().scrollTop = pane().scrollHeight;
}).observe(element, { childList: true, subtree: true });
"""
"""A click on a number or a passage asks the server for its source; a new turn is scrolled to, and followed while the reader stays at its end."""

SOURCE_JS = """
watch('value', () => {
  requestAnimationFrame(() => {
    const mark = document.getElementById('fn-chosen');
    if (mark) mark.scrollIntoView({ block: 'center' });
  });
});
"""
"""The marked words are scrolled to."""
