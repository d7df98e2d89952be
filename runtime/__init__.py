"""The device side: a daemon that streams camera and microphone through bundles and speaks. Never imports torch."""
