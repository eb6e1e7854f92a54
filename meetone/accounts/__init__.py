"""Accounts of the practice: who may sign in, and the sessions they hold."""
