"""Whether the long form was asked for: `make resilience` does, `make resilience LENGTH=short` does not."""

import os

IS_LONG = os.environ.get("LENGTH") == "long"
