"""The bundled model: its folder `topics/` and its card, README.md. Installed as `otgnlp.models`."""
