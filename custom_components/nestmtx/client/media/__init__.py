"""The streams of cameras, which MediaMTX serves over RTSP and WebRTC."""
