"""Reports: one HTML page that needs nothing else, from parts (sections, tables, curves, pictures)."""
