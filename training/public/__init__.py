"""Public corpora by reference: annotations without text, and the way back to the text.

Imports run one way: sentences, tables ← annotations, files ← readers, sources ← checkouts,
transfer, download, joined. The command is `training.corpora`.
"""
