"""What was tried on the way to the model: small scripts, each with its result in `results.md`."""
