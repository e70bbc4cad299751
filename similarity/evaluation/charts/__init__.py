"""Convert numbers to positions of dots, lines and bars for templates that draw SVG.

No chart relies on colour alone: dots have their numbers beside them, lines have dash patterns, bars have a table.
`says` attributes describe a chart in words, for people who cannot see it.
"""
