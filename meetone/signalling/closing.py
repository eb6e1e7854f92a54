"""Ending a consultation, from the consulting room or from the day list."""

from meetone.consultations.models import Consultation, SeatRole
from meetone.services import Services
from meetone.signalling import records
from meetone.signalling.addresses import claim_address, room_address, seat_address
from meetone.signalling.messages import Ended, encode
from meetone.signalling.refusals import Refusal


def end_consultation(services: Services, consultation_id: str) -> bool:
    """End a consultation for good: nobody comes back, and whoever is here is told and let go.

    Returns:
        Whether there was one to end; a consultation ends once.
    """
    with services.database.transaction() as session:
        consultation = session.get(Consultation, consultation_id)
        if consultation is None or consultation.ended_at is not None:
            return False
        records.end(session, consultation, services.now())
        practitioner_id = consultation.practitioner_id
        visitors = [seat.id for seat in consultation.seats if seat.role != SeatRole.PRACTITIONER]
    ended = encode(Ended(consultation=consultation_id))
    services.bus.send(room_address(practitioner_id), ended)
    for seat in visitors:
        services.bus.send(seat_address(seat), ended)
        services.bus.forget(seat_address(seat), Refusal.ENDED)
        services.bus.forget(claim_address(seat), Refusal.ENDED)
    return True
