"""Template filters that show the URLs of a record as readable names."""

from django import template

from collection.browsing import rights

register = template.Library()
register.filter("rights_name", rights.rights_name)
register.filter("site_name", rights.site_name)
