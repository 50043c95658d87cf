"""One person, one record: standardise, find candidate pairs, link, resolve, explain."""
