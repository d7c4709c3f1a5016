"""How fast otgnlp is, and that being fast changes no answer. Not installed; see docs/speed.md."""
