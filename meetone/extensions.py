"""Flask extensions that more than one package speaks to."""

from flask_wtf import CSRFProtect

csrf: CSRFProtect = CSRFProtect()
"""Checks a token in every unsafe request.

Public forms (access code, language) are exempt with `csrf.exempt(view or blueprint)`, so that those
pages need no session and set no cookie; the check of `Origin` defends them.
"""
