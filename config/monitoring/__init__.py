"""What operators ask: is the site ready, what waits, where does time go?"""
