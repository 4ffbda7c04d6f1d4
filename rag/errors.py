"""Every error that Footnote raises on purpose. Each message says what happened, to which file or setting, and the way out.

::

    FootnoteError
    ├── InputError            what the user gave is wrong (exit code 2)
    │   ├── ConfigError       a setting is unknown or has a value that cannot work
    │   ├── DocumentError     a file or folder cannot be read as documents
    │   ├── QuestionError     a question is empty or far too long
    │   └── CorpusError       the data folder is missing, or belongs to other documents or another embedding model
    └── FailureError          something that should have worked did not (exit code 1)
        ├── WeightsError      model weights are missing or are not the ones that were verified
        └── LLMError          the language model cannot be reached, timed out or answered nonsense

Errors of third-party libraries are mapped to these where those libraries are called (``store``, ``embedding``, ``llm``, ``local_model``).
"""


class FootnoteError(Exception):
    """Base of all errors raised on purpose; ``str(error)`` is one line for the user."""

    exit_code = 1


class InputError(FootnoteError):
    """What the user gave is wrong."""

    exit_code = 2


class ConfigError(InputError):
    """A setting is unknown or has a value that cannot work."""


class DocumentError(InputError):
    """A file or folder cannot be read as documents."""


class QuestionError(InputError):
    """A question is empty or far too long."""


class CorpusError(InputError):
    """The data folder is missing, or belongs to other documents or another embedding model."""


class FailureError(FootnoteError):
    """Something that should have worked did not."""


class WeightsError(FailureError):
    """Model weights are missing or are not the ones that were verified."""


class LLMError(FailureError):
    """The language model cannot be reached, timed out, or answered with nonsense."""
