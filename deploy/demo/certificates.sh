#!/bin/bash
# Makes the demo's certificates in FOLDER: NAME.crt and NAME.key for ca, server, server-expired, server-ec,
# other-ca and server-other-ca. They are valid for localhost and 127.0.0.1 for 30 days.
#   certificates.sh FOLDER
set -euo pipefail

folder=${1:?usage: certificates.sh FOLDER}
umask 077
mkdir -p "$folder"
cd "$folder"
log=openssl.log
: > "$log"

cat > openssl.cnf <<'CONFIG'
[ca]
default_ca = demo
[demo]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = name_only
unique_subject = no
[name_only]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
CONFIG
: > index.txt

# make NAME SUBJECT ISSUER SECTION KEY END: the end as `date` understands it.
make() {
  local name=$1 subject=$2 issuer=$3 section=$4 key=$5 end=$6 sign
  if [ "$issuer" = "$name" ]; then sign=(-selfsign); else sign=(-cert "$issuer.crt"); fi
  { openssl genpkey -algorithm "${key%% *}" -pkeyopt "${key##* }" -out "$name.key"
    openssl req -new -key "$name.key" -subj "/CN=$subject" -out "$name.csr"
    # `openssl ca`, for `openssl x509` of OpenSSL 3.0 takes no dates.
    openssl ca -batch -notext -config openssl.cnf -in "$name.csr" -out "$name.crt" -keyfile "$issuer.key" \
      "${sign[@]}" -extensions "$section" \
      -startdate "$(date -u -d '-30 days' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$end" +%Y%m%d%H%M%SZ)"
  } >> "$log" 2>&1 || { cat "$log" >&2; echo "certificates.sh: openssl cannot make $name (above)" >&2; exit 1; }
}

rsa='RSA rsa_keygen_bits:2048'
ec='EC ec_paramgen_curve:P-256'
make ca 'Demo Root' ca authority "$rsa" '+30 days'
make other-ca 'Somebody Else' other-ca authority "$rsa" '+30 days'
make server localhost ca server "$rsa" '+30 days'
make server-expired localhost ca server "$rsa" '-1 day'
make server-ec localhost ca server "$ec" '+30 days'
make server-other-ca localhost other-ca server "$rsa" '+30 days'
rm -f ./*.csr ./*.pem index.txt* "$log" openssl.cnf
