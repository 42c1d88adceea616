"""Composes the journal note that a nurse reads."""
