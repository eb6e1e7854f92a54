"""Signalling: who is there, and what two browsers need to find each other."""
