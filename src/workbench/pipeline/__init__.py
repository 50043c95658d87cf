"""The pipeline as DVC keeps it: its stages, its commands, and what its locks recorded."""
