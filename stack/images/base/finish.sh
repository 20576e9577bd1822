# Prunes libc to what a server needs, and writes the few files that packages' scripts would have made.

cat usr/share/ca-certificates/mozilla/*.crt > ca-certificates.crt
rm -rf usr/share/ca-certificates
mkdir -p etc/ssl/certs usr/lib/ssl
mv ca-certificates.crt etc/ssl/certs/
ln -s /etc/ssl/certs usr/lib/ssl/certs
ln -s /etc/ssl/certs/ca-certificates.crt usr/lib/ssl/cert.pem

# character sets for iconv, and aids for debugging and profiling
rm -rf usr/lib/*/gconv usr/lib/*/libmvec.so.* usr/lib/*/libc_malloc_debug.so.* usr/lib/*/libmemusage.so \
  usr/lib/*/libpcprofile.so usr/lib/*/libthread_db.so.*
rm -rf usr/share/gcc usr/share/gdb usr/share/initramfs-tools usr/sbin/update-ca-certificates etc/ca-certificates

mkdir -p dev etc home proc root run sys tmp var/cache var/lib var/log var/tmp mnt
chmod 1777 tmp var/tmp
chmod 0700 root
ln -s /run var/run
ln -s /usr/share/zoneinfo/Etc/UTC etc/localtime

# The users of every image of the stack, so that a number has a name wherever it is looked up.
cat > etc/passwd <<'END'
root:x:0:0:root:/root:/bin/sh
postgres:x:70:70:postgres:/var/lib/postgresql:/bin/sh
gateway:x:10001:10001:gateway:/tmp:/bin/sh
provider:x:10002:10002:provider:/tmp:/bin/sh
pgadmin:x:10003:10003:pgadmin:/tmp:/bin/sh
ingress:x:10004:10004:ingress:/tmp:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
END
cut -d: -f1,2,4 etc/passwd | sed 's/nobody/nogroup/; s/$/:/' > etc/group
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' > etc/nsswitch.conf
