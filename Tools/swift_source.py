"""Swift and C sources as the checks see them: lines of code without comments and string contents, and lines of comments."""

import os
import re


def files(top, *folders, endings=(".swift", ".c", ".h")):
    """Paths below `top`, relative to it and sorted, of the sources in `folders`."""
    found = []
    for folder in folders:
        for path, _, names in os.walk(os.path.join(top, folder)):
            found += [os.path.relpath(os.path.join(path, name), top) for name in names if name.endswith(endings)]
    return sorted(found)


def split(text):
    """Two lists of the same length as `text` has lines: code, with comments and string contents blanked, and comments.

    Knows nested block comments, raw and multi-line strings. Interpolations are code: `"\\(getenv("X"))"` calls getenv.
    """
    code, comment = [], []
    at, end = 0, len(text)
    strings = []  # closers of the strings we are in, with the depth of parentheses of the interpolation inside each
    depth = 0

    def opening(position):
        return re.compile(r'(#*)("""|")').match(text, position)

    def take_string(position, closer):
        """Skips string contents; returns where code goes on, and whether that is inside an interpolation."""
        hashes = closer.lstrip('"')
        while position < end:
            if text.startswith(closer, position):
                return position + len(closer), False
            if text.startswith("\\" + hashes, position):
                position += 1 + len(hashes)
                if text.startswith("(", position):
                    return position + 1, True
                if position < end and text[position] != "\n":
                    position += 1
                continue
            if text[position] == "\n":
                if not closer.startswith('"""'):
                    return position, False  # not valid Swift; a C line continuation at worst
                code.append("\n")
                comment.append("\n")
            position += 1
        return end, False

    while at < end:
        if text.startswith("//", at):
            stop = text.find("\n", at)
            stop = end if stop < 0 else stop
            comment.append(text[at:stop])
            at = stop
        elif text.startswith("/*", at):
            nested = 0
            while at < end:
                if text.startswith("/*", at):
                    nested, at = nested + 1, at + 2
                elif text.startswith("*/", at):
                    nested, at = nested - 1, at + 2
                    if nested == 0:
                        break
                else:
                    comment.append(text[at])
                    if text[at] == "\n":
                        code.append("\n")
                    at += 1
        elif text[at] in "#\"" and (match := opening(at)):
            code.append('""')
            closer = match[2] + match[1]
            at, interpolated = take_string(match.end(), closer)
            if interpolated:
                strings.append((closer, depth))
                depth = 0
        else:
            character = text[at]
            at += 1
            if strings and character == "(":
                depth += 1
            elif strings and character == ")":
                if depth == 0:
                    closer, depth = strings.pop()
                    at, interpolated = take_string(at, closer)
                    if interpolated:
                        strings.append((closer, depth))
                        depth = 0
                    continue
                depth -= 1
            code.append(character)
            if character == "\n":
                comment.append("\n")
    return "".join(code).split("\n"), "".join(comment).split("\n")
