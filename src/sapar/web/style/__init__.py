"""The style page: every component once, for those who build pages and those who check them."""
