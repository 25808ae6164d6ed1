"""Before any test: how libraries share the processor, then the shapes and dtypes of ``core``, checked at every call."""

import tests  # noqa: F401  # first, as it settles what numpy reads only when it is loaded

# isort: split
from jaxtyping import install_import_hook

install_import_hook("core", "beartype.beartype")
