"""The drawings of placeholders for camera pictures, and the script that writes them."""
