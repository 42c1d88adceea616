"""The SDK that vendors import."""
