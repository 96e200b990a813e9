"""`python -m tests.fuzz`: runs every target for a while, and says what came of it."""

from tests.fuzz.campaign import main

if __name__ == "__main__":
    main()
