"""Numbers -> the places of dots, lines and bars, for templates that draw SVG.

Nothing is told by colour alone: dots have their numbers beside them, lines have a dash pattern each, bars a table.
"""
