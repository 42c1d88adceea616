"""The conformance kit: plays the national side, drives a vendor's system, and reports whether it does as it must."""
