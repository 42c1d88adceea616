"""The EPJ plan: the kit is the hub, writes notes to an EPJ, and looks at what it did with them."""
