"""The streams of cameras, which MediaMTX serves over RTSP, HLS and WebRTC."""
