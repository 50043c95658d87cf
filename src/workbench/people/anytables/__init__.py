"""Link any tables: no register, any identifiers missing, duplicates within or across files."""
