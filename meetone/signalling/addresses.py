"""Where messages go on the bus: one address for a seat, a practitioner's room, a claim."""


def seat_address(seat: str) -> str:
    """Name where the holder of a patient's or companion's seat is reached."""
    return f"seat/{seat}"


def room_address(practitioner_id: int) -> str:
    """Name where a practitioner is reached, whose one room speaks for all of their seats."""
    return f"room/{practitioner_id}"


def claim_address(seat: str) -> str:
    """Name where the second device that asks for a seat is reached; there is one, the newest."""
    return f"claim/{seat}"


def claim_id(seat: str, nonce: str) -> str:
    """Name a claim so that its seat can be told from it; `nonce` holds no dash."""
    return f"{seat}-{nonce}"


def seat_of_claim(claim: str) -> str:
    """Return the seat that a claim is about, or nonsense for what is no claim of ours."""
    return claim.rpartition("-")[0]
