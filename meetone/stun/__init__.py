"""The STUN role: tells browsers from which transport address their packets arrive (RFC 8489)."""
