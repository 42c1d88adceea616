"""The bridge between an MQTT broker and asyncio, and the embedded broker."""
