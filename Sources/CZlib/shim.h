#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not import. 16 more than the window's size in bits: gzip, and nothing else.
static inline int hull_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
