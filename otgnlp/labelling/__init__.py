"""Labelling by people: which sentences to label, out to the programs they work in, and back."""
