"""`make looks`: every page there is, in every width, language and theme, to be looked at.

The pages are found by following the product's own links, so a new one is there by itself.
Each is opened narrow and wide, in Chinese and English, light and dark; a picture is kept of
each, and what a machine can see is reported: accessibility, what sticks out or is cut, words
in the wrong language, complaints of the browser's console. Nothing of it is committed.
"""
