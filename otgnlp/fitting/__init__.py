"""Training: from labelled sentences to a model. Needs scikit-learn; tagging never imports it."""
