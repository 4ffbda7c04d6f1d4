"""Metrics: pure functions, one module for each thing that is measured. A case to which a metric does not apply gives None, never 0."""
