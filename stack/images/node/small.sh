# Copies into /small what Node needs to run, with ICU's data cut to English: of Debian's 32 MB the names and formats
# of 500 other languages and regions are 22. What is not of one language stays whole (time zones, converters). So
# Intl is as in Node's own builds with "small-icu": it answers for en, and does not claim any other locale.
set -eu
cd "$(mktemp -d)"

library=$(ls /usr/lib/*/libicudata.so.*.*)
soname=$(basename "${library%.*}")
icu=icudt${soname##*.}
data=${icu}l.dat
tools=$(ls /usr/bin/*-linux-gnu-ld)
tools=${tools%ld}

"${tools}objcopy" -O binary --only-section=.rodata "$library" "$data"
icupkg -l "$data" > names
# LOCALE.res and FOLDER/LOCALE.res; with the foreign ones go the dictionaries that find words in Chinese or Thai,
# and transliterations, which JavaScript cannot ask for
locale='([a-z]+/)?[a-z]{2,3}(_[A-Za-z0-9]*)*\.res'
english='([a-z]+/)?(en(_[A-Za-z0-9]+)*|res_index)\.res'
foreign='translit/.*|brkitr/.*\.dict'
grep -vE "^($foreign)$" names | grep -E "^($english)$" > english.lst
grep -E "^($locale|$foreign)$" names | grep -vxFf english.lst > foreign.lst
icupkg --ignore-deps -r foreign.lst "$data"

# Each folder has an index of its locales.
grep 'res_index\.res$' english.lst > indexes.lst
while read -r index; do
  folder=${index%res_index.res}
  mkdir -p "./$folder"
  {
    echo 'res_index:table(nofallback) { InstalledLocales:table {'
    sed -n "/res_index/d; s|^$folder\([^/]*\)\.res\$|\1 { \"\" }|p" english.lst
    echo '} }'
  } > "${folder}res_index.txt"
  genrb -q -d "./$folder" "${folder}res_index.txt"
done < indexes.lst
icupkg --ignore-deps -a indexes.lst "$data"

genccode -o -m "$library" -e "$icu" "$data" > genccode.log
"${tools}ld" -shared -z noexecstack -soname "$soname" -o "$library" "${icu}l_dat.o"

mkdir /small
cd /
sed -i -E '/^(binutils|icu-devtools|libbinutils|libctf|libjansson|libsframe)/d' usr/share/soloflow/packages
tar -cf - usr/bin/node usr/share/soloflow usr/share/doc/node* usr/share/doc/lib* usr/share/doc/zlib1g \
  usr/share/nodejs/acorn/dist/acorn.js usr/share/nodejs/acorn-walk/dist/walk.js \
  usr/share/nodejs/cjs-module-lexer/lexer.js usr/share/nodejs/cjs-module-lexer/dist/lexer.js \
  usr/share/nodejs/minimatch/dist/cjs/index.bundle.js usr/share/nodejs/undici/undici-fetch.js \
  usr/lib/*/libnode.so.* usr/lib/*/libuv.so.* usr/lib/*/libz.so.* usr/lib/*/libzstd.so.* usr/lib/*/libbrotli*.so.* \
  usr/lib/*/libcares.so.* usr/lib/*/libnghttp2.so.* usr/lib/*/libcrypto.so.* usr/lib/*/libssl.so.* \
  usr/lib/*/libicuuc.so.* usr/lib/*/libicui18n.so.* usr/lib/*/libicudata.so.* | tar -xf - -C /small
