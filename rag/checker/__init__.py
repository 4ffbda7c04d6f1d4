"""The model half of the checker: a cross-encoder that Footnote trained, how it is used (``scorer``) and how it was trained (``train``)."""
