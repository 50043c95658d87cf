"""Universes: whom to remind, ask, register or leave alone, and what a contact gains there."""
