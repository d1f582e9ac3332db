"""Camera streams, which MediaMTX serves over RTSP and WebRTC."""
