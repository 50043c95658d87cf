"""Briefs: run a notebook, render it, and know which version it is."""
