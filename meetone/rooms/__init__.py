"""The pages in which people meet: the patient's join page and the practitioner's consulting room."""
