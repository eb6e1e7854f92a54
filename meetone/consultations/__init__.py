"""Consultations and the invitations to them."""
