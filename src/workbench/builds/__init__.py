"""The whole build: what fails is told, and everything that does not rest on it is built."""
