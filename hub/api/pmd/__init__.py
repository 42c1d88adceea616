"""PMD (Pasientens måledata): Observations are put in by Bundles at the base address, and searched for by patient."""

from hub.api.pmd.door import Pmd, router

__all__ = ["Pmd", "router"]
