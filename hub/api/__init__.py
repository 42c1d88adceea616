"""The HTTP doors, one router per API. They do not know each other."""
