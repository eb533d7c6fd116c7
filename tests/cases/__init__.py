"""Lists of what is held to the same promises, and what reads them."""
