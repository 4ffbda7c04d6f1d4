"""Fills in the prompts of ``prompts/``: one file each, placeholders written ``$name``, lines that start with ``#:`` are remarks."""

from __future__ import annotations

from functools import cache
from string import Template

from rag.errors import FailureError
from rag.resources import shipped


def fill_prompt(name: str, **values: str) -> str:
    """The prompt in ``prompts/<name>.txt`` with its placeholders filled in.

    Raises:
        FailureError: there is no such prompt, it needs a value that was not given, or a value was given that it does not use.
    """
    template = _template(name)
    wanted = set(template.get_identifiers())
    if wanted != set(values):
        missing, unused = sorted(wanted - set(values)), sorted(set(values) - wanted)
        raise FailureError(f"prompts/{name}.txt: values missing: {missing}, not used: {unused}")
    return template.substitute(values)


@cache
def _template(name: str) -> Template:
    path = shipped("prompts") / f"{name}.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as e:
        raise FailureError(f"{path}: the prompt cannot be read ({e.strerror}); reinstall Footnote") from e
    return Template("\n".join(line for line in lines if not line.startswith("#:")).strip())
