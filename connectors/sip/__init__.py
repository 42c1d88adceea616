"""As much of SIP (RFC 3261, 3428) as an alarm receiver needs: MESSAGE in and out over UDP and TCP."""

from connectors.sip.message import SipMessage, answer_to, read_sip
from connectors.sip.server import SipServer

__all__ = ["SipMessage", "SipServer", "answer_to", "read_sip"]
