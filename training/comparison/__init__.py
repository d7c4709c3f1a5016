"""The design against what people would try instead, on the same data and folds."""
