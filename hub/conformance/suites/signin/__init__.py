"""Sign-in with HelseID and DPoP, and certificates: each fault of assertion, proof, token and server."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("signin", both("Innlogging og sertifikater", "Sign-in and certificates"), place=30)
