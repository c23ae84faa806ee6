// Of each hash the functions of its own. OpenSSL 3 would rather have its EVP interface, which looks for providers, reads openssl.cnf and brings four
// megabytes into a static program; both end in the same assembler. Signatures have nothing but EVP: what uses them carries that.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/sha.h>
