"""Pages of signing in, and of what keeps an account safe."""
