"""Similar works as one person may see them: ranking, blends, curators' pins and bans, pages."""
