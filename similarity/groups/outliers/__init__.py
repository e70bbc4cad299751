"""Works unlike anything else in the collection, or unlike the others of their kind."""
