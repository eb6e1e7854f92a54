"""What the tests stand on: a network, a server process, browsers and people who use them."""
