"""Where emissions go: a broker, an HTTP door, a file."""
