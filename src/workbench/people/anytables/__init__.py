"""Link any tables: no register, any identifiers missing, duplicates within or across files."""

PRECISION_MIN = 0.95  # of the links, so many are to be right by the model's own estimate
