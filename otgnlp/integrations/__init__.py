"""otgnlp inside other engines; each module needs the extra that its name tells."""
