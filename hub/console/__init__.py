"""The console: the hub's own pages for project leaders, nurses, vendors and operators.

Server-rendered pages with a little script beside them. `hub.console.routes.routes` gives them all for a `Console`.
"""
