"""Whether the long form was asked for: `make resilience` sets LENGTH=long, `make resilience-short` does not."""

import os

IS_LONG = os.environ.get("LENGTH") == "long"
