# Adminer is one file; PHP needs one extension to read it. Everything else that the packages bring goes.
mv usr/share/adminer/adminer.php .
extensions=$(dirname usr/lib/php/*/pgsql.so)
mv "$extensions/pgsql.so" .
rm -rf etc var usr/share/adminer usr/share/php* usr/lib/php usr/lib/systemd usr/lib/tmpfiles.d usr/lib/*/engines-3 \
  usr/lib/*/ossl-modules usr/lib/*/sasl2 usr/bin/phar* usr/sbin/*
mkdir -p srv usr/share/adminer "$extensions" etc/php/8.4/cli
mv adminer.php usr/share/adminer/
mv pgsql.so "$extensions/"
mv usr/bin/php8.4 usr/bin/php
cat > etc/php/8.4/cli/php.ini <<'END'
extension=pgsql
session.save_path=/tmp
upload_tmp_dir=/tmp
upload_max_filesize=64M
post_max_size=64M
memory_limit=128M
expose_php=Off
display_errors=Off
log_errors=On
allow_url_fopen=Off
disable_functions=exec,passthru,popen,proc_open,shell_exec,system
END
