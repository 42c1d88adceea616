"""PMD (Pasientens måledata): Observations are put in by Bundles at the base address, and searched for by patient."""

from hub.api.pmd.door import Pmd
from hub.api.pmd.routes import router

__all__ = ["Pmd", "router"]
