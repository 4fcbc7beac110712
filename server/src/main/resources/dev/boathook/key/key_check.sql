SELECT key_check FROM instance
