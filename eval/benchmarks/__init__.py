"""Adapters to public data sets."""
