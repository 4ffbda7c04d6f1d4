"""The evaluation suite: how often is Footnote right, how often silent when it should be, and what does it cost."""
