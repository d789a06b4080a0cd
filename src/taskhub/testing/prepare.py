"""`python -m taskhub.testing.prepare`: prepares the database of testing servers, as the first start on a machine does."""

import sys

from taskhub.testing.options import default_cache
from taskhub.testing.prepared_cluster import prepare

if __name__ == "__main__":
    sys.stdout.write(f"{prepare(default_cache())}\n")
