"""The media door: chan_websocket's protocol, pure in `messages` and `protocol`, wired elsewhere."""
