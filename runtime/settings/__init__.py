"""Settings of the device side: configuration by layers, and what is kept between runs."""
