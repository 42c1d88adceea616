"""What a test function gets in its hands."""
