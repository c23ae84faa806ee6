#!/bin/sh
# How the files beside this one were made (OpenSSL 3.0). Keys of tests: nobody trusts them.
set -eu
cd "$(dirname "$0")"
p256='-algorithm EC -pkeyopt ec_paramgen_curve:P-256'
for name in p256-a p256-b; do
    openssl genpkey $p256 -out $name.key
    openssl pkey -in $name.key -pubout -out $name.pub
done
openssl genpkey -algorithm ED25519 -out ed25519.key
openssl pkey -in ed25519.key -pubout -out ed25519.pub

# What is refused.
for curve in P-384 secp256k1; do openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out $curve.key; done
openssl pkey -in P-384.key -pubout -out P-384.pub
openssl pkey -in secp256k1.key -pubout -out secp256k1.pub
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key && openssl pkey -in rsa.key -pubout -out rsa.pub
openssl genpkey -algorithm X25519 | openssl pkey -pubout -out x25519.pub
openssl ec -in p256-a.key -pubout -conv_form compressed -out compressed.pub
openssl ec -in p256-a.key -pubout -param_enc explicit -out explicit.pub
openssl ec -in p256-a.key -out sec1.key
openssl ec -in p256-a.key -aes128 -passout pass:test -out sec1-encrypted.key
openssl pkcs8 -topk8 -in p256-a.key -passout pass:test -out encrypted.key
rm rsa.key P-384.key

# A payload as cosign writes it, and its signatures.
printf '%s' '{"critical":{"identity":{"docker-reference":"registry.example/team/app"},"image":{"docker-manifest-digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"type":"cosign container image signature"},"optional":null}' >payload.json
for name in p256-a p256-b; do openssl dgst -sha256 -sign $name.key -out payload.$name.sig payload.json; done
openssl pkeyutl -sign -rawin -inkey ed25519.key -in payload.json -out payload.ed25519.sig
