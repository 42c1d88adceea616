"""Makes the journal note of a case: `compose`, pure and deterministic, readable by a nurse, in Norwegian."""

from hub.journal.compose import compose

__all__ = ["compose"]
