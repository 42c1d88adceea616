"""Where an event goes, told by its kind and the configuration."""
