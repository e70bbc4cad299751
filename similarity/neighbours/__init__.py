"""Similar works: ranking by one lens or a blend of several, curators' pins and bans, and their pages."""
