"""How gunicorn serves the site wherever it is started; a command line may say otherwise."""

worker_class = "gthread"
workers = 2
threads = 4
# Longer than a reader looks at an image, so that no answer waits for a new connection; longer than nginx keeps one, so
# that none is closed under a request of its own.
keepalive = 75
