"""Finds the text files that ship with Footnote: in a checkout they stand beside the package, in an installed wheel inside it."""

from pathlib import Path

from rag.errors import FailureError


def shipped(name: str) -> Path:
    """The folder ``prompts`` or ``seeds``.

    Raises:
        FailureError: it is in neither place.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "shipped" / name, here.parent / name):
        if folder.is_dir():
            return folder
    raise FailureError(f"{here.parent / name}: the folder that ships with Footnote is missing; reinstall the package")
