"""`python -m taskhub`"""

from taskhub.cli.main import main

main()
