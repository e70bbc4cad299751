"""The look of the site: drafts, previews and the published version. See docs/decisions/0043."""
