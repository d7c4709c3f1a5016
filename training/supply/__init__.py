"""What users install: the wheel, what it is made of, and the library versions it works with."""
