"""Switches off everything in the libraries that would call home. Called before the first import of any of them."""

import os

_SWITCHES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


def switch_offline() -> None:
    """Sets the environment switches of Chroma, Gradio and Hugging Face; what the user has set stays."""
    for name, value in _SWITCHES.items():
        os.environ.setdefault(name, value)
