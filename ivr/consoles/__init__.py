"""Desks in the browser: the phone that dials the service, and the pages that show what it did.

app.py        `create_app` puts everything together, `serve` runs it in the current event loop
console.py    what every page uses
sessions.py*  who looks at a page, what he may change (CSRF), which calls are his
sign_in.py    how often passwords may be tried
sign_on.py, oidc.py                a site's own sign-on (OpenID Connect)
lines.py*     tickets for the media door, numbers under which browser phones ring
phone.py, rings.py, relay.py       the browser phone
overview.py, calls.py, cases.py, recordings.py, waveform.py*     what was kept
live.py       calls on the line: captions, listening in
downloads.py  a recording that leaves the house, marked with who took it
pages.py, words.py*, event_stream.py, guard.py, errors.py         pages, words, live news, headers, errors

* = pure: no clock, socket, log or framework
"""
