"""`python -m taskhub`"""

from taskhub.cli import main

main()
