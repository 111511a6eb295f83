"""Settings that matter: where an outcome tips, which assumptions move it, when it fails."""
