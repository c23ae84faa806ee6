// What SQLite, LMDB and etcd take for what journal-bench measures: `others sqlite|lmdb DIRECTORY`, `others etcd PORT`. In C, so that no
// binding costs them anything. Keys of 64 bytes, values of 1 KiB; median and 99th percentile of single calls, in microseconds.
#include <arpa/inet.h>
#include <lmdb.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char value[1024];

static void die(const char *what) {
    fprintf(stderr, "others: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static char *key(int number) {
    static char text[80];
    snprintf(text, sizeof text, "/bench/%057d", number);
    return text;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void measure(const char *name, int count, void (*body)(int)) {
    double *times = calloc(count, sizeof *times);
    for (int number = 0; number < count; number++) {
        double start = now();
        body(number);
        times[number] = now() - start;
    }
    qsort(times, count, sizeof *times, ascending);
    printf("%s: median %.1f, p99 %.1f µs\n", name, times[count / 2], times[count * 99 / 100]);
    fflush(stdout);
    free(times);
}

// Many processes that write durably at the same time.
static void crowd(const char *name, int writers, int each, void (*open_store)(void), void (*put)(int)) {
    double start = now();
    for (int writer = 0; writer < writers; writer++) {
        if (fork()) continue;
        open_store();
        for (int number = 0; number < each; number++) put(writer * each + number);
        _exit(0);
    }
    int status, failed = 0;
    while (wait(&status) > 0) failed |= status;
    if (failed) die("a writer failed");
    printf("%s, %d durable writers: %.0f puts/s\n", name, writers, writers * each / (now() - start) * 1e6);
    fflush(stdout);
}

// SQLite

static char path[4096];
static const char *synchronous;
static sqlite3 *database;
static sqlite3_stmt *putting, *getting, *listing;

static void sqlite_run(const char *sql) {
    if (sqlite3_exec(database, sql, 0, 0, 0) != SQLITE_OK) die(sqlite3_errmsg(database));
}

static void sqlite_open_store(void) {
    char pragma[80];
    if (sqlite3_open(path, &database) != SQLITE_OK) die("cannot open the database");
    sqlite3_busy_timeout(database, 120000);
    sqlite_run("pragma journal_mode = wal");
    snprintf(pragma, sizeof pragma, "pragma synchronous = %s", synchronous);
    sqlite_run(pragma);
    sqlite_run("create table if not exists kv (k blob primary key, v blob) without rowid");
    sqlite3_prepare_v2(database, "insert or replace into kv values (?, ?)", -1, &putting, 0);
    sqlite3_prepare_v2(database, "select v from kv where k = ?", -1, &getting, 0);
    sqlite3_prepare_v2(database, "select k, v from kv where k >= ? order by k limit 1000", -1, &listing, 0);
}

static void sqlite_put(int number) {
    sqlite3_bind_blob(putting, 1, key(number), 64, SQLITE_STATIC);
    sqlite3_bind_blob(putting, 2, value, sizeof value, SQLITE_STATIC);
    if (sqlite3_step(putting) != SQLITE_DONE) die(sqlite3_errmsg(database));
    sqlite3_reset(putting);
}
static void sqlite_put_few(int number) { sqlite_put(number % 5000); }

static void sqlite_read(sqlite3_stmt *statement, int number, int column, int wanted) {
    sqlite3_bind_blob(statement, 1, key(number), 64, SQLITE_STATIC);
    int rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        char copy[1024];
        memcpy(copy, sqlite3_column_blob(statement, column), sizeof copy);
        __asm__ volatile("" ::"r"(copy) : "memory");
        rows++;
    }
    if (rows != wanted) die("wrong count of rows");
    sqlite3_reset(statement);
}
static void sqlite_get(int number) { sqlite_read(getting, number % 5000, 0, 1); }
static void sqlite_range(int number) { (void)number, sqlite_read(listing, 0, 1, 1000); }

static void sqlite(const char *directory) {
    snprintf(path, sizeof path, "%s/single.sqlite", directory);
    synchronous = "full";
    sqlite_open_store();
    measure("SQLite FULL, put", 500, sqlite_put);
    sqlite_run("pragma synchronous = normal");
    measure("SQLite NORMAL, put", 20000, sqlite_put_few);
    measure("SQLite, get of a warm key", 20000, sqlite_get);
    measure("SQLite, range of 1,000 keys with values", 200, sqlite_range);
    snprintf(path, sizeof path, "%s/crowd.sqlite", directory);
    // Order: the table is there before its writers are.
    pid_t first = fork();
    if (first == 0) {
        sqlite_open_store();
        _exit(0);
    }
    waitpid(first, 0, 0);
    crowd("SQLite FULL", 1, 400, sqlite_open_store, sqlite_put);
    crowd("SQLite FULL", 64, 20, sqlite_open_store, sqlite_put);
}

// LMDB

static MDB_env *environment;
static MDB_dbi table;
static MDB_txn *reading;

static void lmdb_check(int code) {
    if (code) die(mdb_strerror(code));
}

static void lmdb_open_store(void) {
    MDB_txn *transaction;
    lmdb_check(mdb_env_create(&environment));
    mdb_env_set_mapsize(environment, 1 << 30);
    mdb_env_set_maxreaders(environment, 256);
    lmdb_check(mdb_env_open(environment, path, MDB_NOSUBDIR, 0600));
    lmdb_check(mdb_txn_begin(environment, 0, 0, &transaction));
    lmdb_check(mdb_dbi_open(transaction, 0, 0, &table));
    lmdb_check(mdb_txn_commit(transaction));
}

static void lmdb_put(int number) {
    MDB_txn *transaction;
    MDB_val k = {64, key(number)}, v = {sizeof value, value};
    lmdb_check(mdb_txn_begin(environment, 0, 0, &transaction));
    lmdb_check(mdb_put(transaction, table, &k, &v, 0));
    lmdb_check(mdb_txn_commit(transaction));
}
static void lmdb_put_few(int number) { lmdb_put(number % 5000); }

static void lmdb_renew(void) {
    if (!reading) {
        lmdb_check(mdb_txn_begin(environment, 0, MDB_RDONLY, &reading));
        mdb_txn_reset(reading);
    }
    lmdb_check(mdb_txn_renew(reading));
}

static void lmdb_copy(MDB_val v) {
    char copy[1024];
    memcpy(copy, v.mv_data, sizeof copy);
    __asm__ volatile("" ::"r"(copy) : "memory");
}

static void lmdb_get(int number) {
    MDB_val k = {64, key(number % 5000)}, v;
    lmdb_renew();
    lmdb_check(mdb_get(reading, table, &k, &v));
    lmdb_copy(v);
    mdb_txn_reset(reading);
}

static void lmdb_range(int number) {
    MDB_cursor *cursor;
    MDB_val k = {64, key(0)}, v;
    (void)number;
    lmdb_renew();
    lmdb_check(mdb_cursor_open(reading, table, &cursor));
    lmdb_check(mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE));
    for (int row = 0; row < 1000; row++) {
        lmdb_copy(v);
        lmdb_check(mdb_cursor_get(cursor, &k, &v, MDB_NEXT));
    }
    mdb_cursor_close(cursor);
    mdb_txn_reset(reading);
}

static void lmdb(const char *directory) {
    snprintf(path, sizeof path, "%s/single.lmdb", directory);
    lmdb_open_store();
    measure("LMDB, put", 500, lmdb_put);
    lmdb_check(mdb_env_set_flags(environment, MDB_NOSYNC, 1));
    measure("LMDB NOSYNC, put", 20000, lmdb_put_few);
    measure("LMDB, get of a warm key", 20000, lmdb_get);
    measure("LMDB, range of 1,000 keys with values", 200, lmdb_range);
    snprintf(path, sizeof path, "%s/crowd.lmdb", directory);
    crowd("LMDB", 1, 400, lmdb_open_store, lmdb_put);
    crowd("LMDB", 64, 50, lmdb_open_store, lmdb_put);
}

// etcd, through its JSON gateway on one connection that is kept

static int port, connection;

static char *base64(const char *bytes, int count) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static char text[2048];
    char *out = text;
    for (int at = 0; at < count; at += 3) {
        unsigned bits = (unsigned char)bytes[at] << 16 | (at + 1 < count ? (unsigned char)bytes[at + 1] << 8 : 0)
            | (at + 2 < count ? (unsigned char)bytes[at + 2] : 0);
        for (int place = 0; place < 4; place++) *out++ = at + place > count ? '=' : letters[bits >> (18 - 6 * place) & 63];
    }
    *out = 0;
    return text;
}

static void etcd_connect(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) die("cannot connect to etcd");
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

// Reads to the end of an answer: as long as its header says, or to its last, empty chunk.
static void etcd_answer(void) {
    static char buffer[4 << 20];
    size_t filled = 0;
    while (1) {
        ssize_t count = read(connection, buffer + filled, sizeof buffer - 1 - filled);
        if (count <= 0) die("etcd closed the connection");
        filled += count;
        buffer[filled] = 0;
        char *body = strstr(buffer, "\r\n\r\n"), *length = strstr(buffer, "Content-Length: ");
        if (!body) continue;
        if (strncmp(buffer, "HTTP/1.1 200", 12)) die(buffer);
        if (length && length < body) {
            if (filled >= (size_t)(body + 4 - buffer) + strtoul(length + 16, 0, 10)) return;
        } else if (filled > 5 && !memcmp(buffer + filled - 5, "0\r\n\r\n", 5)) {
            return;
        }
    }
}

static void etcd_call(const char *verb, const char *body) {
    static char request[8192];
    int count = snprintf(request, sizeof request, "POST /v3/kv/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s", verb,
        strlen(body), body);
    if (write(connection, request, count) != count) die("cannot write to etcd");
    etcd_answer();
}

static void etcd_put(int number) {
    static char body[4096];
    int count = snprintf(body, sizeof body, "{\"key\":\"%s\",", base64(key(number), 64));
    snprintf(body + count, sizeof body - count, "\"value\":\"%s\"}", base64(value, sizeof value));
    etcd_call("put", body);
}

static void etcd_get(int number) {
    char body[256];
    snprintf(body, sizeof body, "{\"key\":\"%s\"}", base64(key(number % 500), 64));
    etcd_call("range", body);
}

static void etcd_range(int number) {
    char body[256];
    (void)number;
    int count = snprintf(body, sizeof body, "{\"key\":\"%s\",", base64(key(0), 64));
    snprintf(body + count, sizeof body - count, "\"range_end\":\"%s\",\"limit\":1000}", base64(key(5000), 64));
    etcd_call("range", body);
}

static void etcd(int number) {
    port = number;
    etcd_connect();
    measure("etcd, put", 1000, etcd_put);
    measure("etcd, get", 2000, etcd_get);
    measure("etcd, range of 1,000 keys with values", 100, etcd_range);
    crowd("etcd", 1, 400, etcd_connect, etcd_put);
    crowd("etcd", 64, 50, etcd_connect, etcd_put);
}

int main(int count, char **words) {
    memset(value, 'a', sizeof value);
    if (count == 3 && !strcmp(words[1], "sqlite")) return sqlite(words[2]), 0;
    if (count == 3 && !strcmp(words[1], "lmdb")) return lmdb(words[2]), 0;
    if (count == 3 && !strcmp(words[1], "etcd")) return etcd(atoi(words[2])), 0;
    die("usage: others sqlite|lmdb DIRECTORY, others etcd PORT");
}
