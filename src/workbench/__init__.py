"""The campaign workbench: an analytics department in a repository."""

__version__ = "0.1.0"
