"""The tests, a folder per layer: unit, web, protocol, browser; js for the browser's models."""
