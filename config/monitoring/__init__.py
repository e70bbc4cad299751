"""Answers for operators: is the site ready, what waits, and where is time spent?"""
