// The functions of one hash each. OpenSSL 3 would rather have its EVP interface, which looks for providers, reads openssl.cnf and brings four
// megabytes into a static program; both end in the same assembler.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
