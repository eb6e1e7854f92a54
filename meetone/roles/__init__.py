"""The processes of an installation: the supervisor and the roles that it starts."""
