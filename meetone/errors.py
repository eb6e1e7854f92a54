"""The root of every error that MeetOne raises on purpose."""


class MeetoneError(Exception):
    """Something went wrong that a caller is expected to handle."""


class RemoteError(MeetoneError):
    """The other side broke the protocol; its fault, so never logged as an error of ours."""


class ConfigurationError(MeetoneError):
    """A setting has a value with which MeetOne cannot start."""


class StartError(MeetoneError):
    """A role cannot start: an address is taken, a folder is not writable, a database is missing."""
