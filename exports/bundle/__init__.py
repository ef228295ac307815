"""Signed bundles: everything that an app needs of a knowledge base, with the proof that nobody altered it.

A bundle is a signed manifest (`manifest.jws`) and the files that it lists, each named by its own SHA-256. It lies on a
web host as a folder, or travels as one archive. Writing one: `build`, `archive`. Reading one: `source`, and
`exports.verify`.
"""
