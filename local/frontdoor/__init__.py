"""The one port that people and pages use: web pages, API, photo uploads, the desk."""
