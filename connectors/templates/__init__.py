"""The project that `knutepunkt connector new` makes: files with a vendor's name in place of `{{…}}`."""
