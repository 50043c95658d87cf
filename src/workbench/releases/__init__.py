"""Versions that were published: frozen, logged, compared and rebuilt to the byte."""
