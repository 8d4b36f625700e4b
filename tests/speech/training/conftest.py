"""jieba's source has escapes that Python warns of when it compiles them; read it once, quietly."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jieba  # noqa: F401
