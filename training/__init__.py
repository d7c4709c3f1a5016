"""Data and scripts of the bundled model; never installed. Run them from the checkout."""
