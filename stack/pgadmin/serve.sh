#!/bin/sh
# PHP's web server with a few workers, so that a long query does not hold up the page. It does not tell its workers
# to stop: this tells them all, and the container ends at once.
php -q -S 0.0.0.0:80 -t /srv /srv/index.php &
trap 'trap "" INT TERM; kill -INT 0' INT TERM
wait
wait
