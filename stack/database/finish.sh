# Takes out what a database server does not use: the just-in-time compiler (LLVM alone is larger than all the rest),
# SELinux' labels, build files, and of bash and the libraries what is not the program or the library.
rm -rf usr/lib/postgresql/17/lib/bitcode usr/lib/postgresql/17/lib/llvmjit* usr/lib/postgresql/17/lib/pgxs \
  usr/lib/postgresql/17/lib/sepgsql.so usr/share/postgresql/17/contrib/sepgsql.sql usr/share/postgresql/17/man
rm -rf usr/lib/*/libicuio.so.* usr/lib/*/libicutest.so.* usr/lib/*/libicutu.so.* usr/lib/*/libexslt.so.* \
  usr/lib/*/engines-3 usr/lib/*/gconv usr/lib/*/sasl2 usr/lib/*/ossl-modules
rm -rf etc/* var usr/sbin/* usr/lib/systemd usr/lib/tmpfiles.d usr/share/menu usr/share/debianutils usr/share/keyrings \
  usr/share/apport usr/share/pam* usr/share/postgresql-common usr/share/perl5 \
  usr/share/libc-bin
find usr/bin ! -type d ! -name bash ! -name locale ! -name localedef -delete

# Debian's defaults are for a cluster of pg_createcluster; a container is reached from outside.
sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" usr/share/postgresql/17/postgresql.conf.sample
grep -q "^listen_addresses = '\*'" usr/share/postgresql/17/postgresql.conf.sample
mkdir -p docker-entrypoint-initdb.d
