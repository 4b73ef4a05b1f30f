"""The pages for residents: TypeScript, HTML and CSS in ``src``, built into ``site``."""
