"""JOSE for the two rooms that need it: the token service that signs and the resource server that checks.

Stands just above `hub.model`. All cryptography is joserfc's; what is here decides which of it may be used.
"""
