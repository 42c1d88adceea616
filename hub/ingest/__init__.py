"""The one way in: parse, check, identify, route, accept."""
