"""Tasks of other products: each file reads what one of them writes, and says what it could not take over."""
