"""The public pages: landing, FAQ, legal texts, manifest, service worker."""
