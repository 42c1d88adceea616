"""Turns the field's words into FHIR: pure, and the same words always give the same bytes."""

from connectors.composing.compose import Composed, compose
from connectors.composing.sender import Sender

__all__ = ["Composed", "Sender", "compose"]
