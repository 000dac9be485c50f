"""Number plan: which digit strings are numbers, of which class, and how they are written."""
