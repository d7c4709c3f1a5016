"""The marks, one module a kind: each has `measure(bench)`, which returns its figures."""
