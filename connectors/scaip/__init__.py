"""SCAIP (SS 91100) beneath the bridge: its codes, its messages, and the ear that hears them over SIP."""
