"""The ways to make a system under test do what the field does: over the driving interface, or through a person."""
