"""What moves in the picture: tracks, their growth, and the camera itself."""
