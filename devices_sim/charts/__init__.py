"""Charts of what is simulated. A package of its own, so that device types load without a drawing library."""
