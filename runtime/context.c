/* Contexts: construction, comparison, description. Owns no state. */
#include "pyjit/context.h"

#include <stdio.h>
#include <string.h>

static const char *const type_names[TYPE_COUNT] = {
    [TYPE_UNKNOWN] = "?",
    [TYPE_NULL] = "NULL",
    [TYPE_NONE] = "None",
    [TYPE_BOOL] = "bool",
    [TYPE_INT] = "int",
    [TYPE_FLOAT] = "float",
    [TYPE_STR] = "str",
    [TYPE_BYTES] = "bytes",
    [TYPE_LIST] = "list",
    [TYPE_TUPLE] = "tuple",
    [TYPE_DICT] = "dict",
    [TYPE_SET] = "set",
    [TYPE_RANGE_ITERATOR] = "range_iterator",
    [TYPE_LIST_ITERATOR] = "list_iterator",
    [TYPE_TUPLE_ITERATOR] = "tuple_iterator",
    [TYPE_FUNCTION] = "function",
    [TYPE_GENERATOR] = "generator",
    [TYPE_OTHER] = "other",
};

/* The context that knows nothing. */
Context
ctx_generic(int local_count, int depth)
{
    Context ctx;
    memset(&ctx, 0, sizeof ctx);
    ctx.depth = (uint16_t)depth;
    ctx.local_count = (uint8_t)(local_count < CTX_LOCALS ? local_count : CTX_LOCALS);
    ctx.stack_count = (uint8_t)(depth < CTX_STACK ? depth : CTX_STACK);
    for (int i = 0; i < ctx.stack_count; i++) {
        ctx.entries[ctx.local_count + i].owned = 1;
    }
    return ctx;
}

/* Do both contexts know the same? */
bool
ctx_equal(const Context *a, const Context *b)
{
    return memcmp(a, b, CTX_HEADER) == 0 && memcmp(a, b, ctx_size(a)) == 0;
}

/* Multiplies the words in use into one, two at a time. */
uint32_t
ctx_hash(const Context *ctx)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    const unsigned char *at = (const unsigned char *)ctx, *end = at + ctx_size(ctx);
    uint64_t hash = 0, words;
    for (; end - at >= 8; at += 8) {
        memcpy(&words, at, 8);
        hash = (hash ^ words) * odd;
        hash ^= hash >> 32;
    }
    if (at < end) {
        uint32_t word;
        memcpy(&word, at, 4);
        hash = (hash ^ word) * odd;
    }
    return (uint32_t)(hash >> 32);
}

/* Forgets all facts. */
void
ctx_forget_facts(Context *ctx)
{
    ctx->globals = ctx->builtins = 0;
    for (int i = 0; i < ctx_entry_count(ctx); i++) {
        ctx->entries[i].fact = 0;
    }
}

/* Forgets everything about locals. */
void
ctx_forget_locals(Context *ctx)
{
    memset(ctx->entries, 0, ctx->local_count * sizeof(Entry));
}

/* Is nothing in a register and every stack entry an owned reference in its slot? */
bool
ctx_is_canonical(const Context *ctx)
{
    for (int i = 0; i < ctx_entry_count(ctx); i++) {
        const Entry *entry = &ctx->entries[i];
        if (entry->location != IN_SLOT || (i >= ctx->local_count && !entry->owned)) {
            return false;
        }
    }
    return true;
}

/* Appends one entry's text. */
static int
describe_entry(const Entry *entry, char *text, int size)
{
    static const char *const places[] = {"", "=local ", "=const ", "", "=r", "=f"};
    char fact[16] = "";
    if (entry->fact != 0) {
        snprintf(fact, sizeof fact, "#%d", entry->fact);
    }
    if (entry->location == IN_SLOT || entry->location == IN_FACT) {
        return snprintf(text, size, "%s%s%s", type_names[entry->type], fact, entry->owned ? "" : entry->lent ? "^" : "'");
    }
    return snprintf(text, size, "%s%s%s%d%s", type_names[entry->type], fact, places[entry->location],
                    entry->index, entry->boxed ? "+box" : entry->lent ? "+new" : "");
}

/* Text for people. */
void
ctx_describe(const Context *ctx, char *text, int size)
{
    int used = snprintf(text, (size_t)size, "%s", ctx->observed ? "observed " : "");
    for (int i = 0; i < ctx_entry_count(ctx) && used < size - 1; i++) {
        const Entry *entry = &ctx->entries[i];
        bool local = i < ctx->local_count;
        if (local && entry->type == TYPE_UNKNOWN && entry->location == IN_SLOT) {
            continue;
        }
        if (i >= ctx->local_count && i == ctx->local_count) {
            used += snprintf(text + used, size - used, "| ");
        }
        if (used < size - 1 && local) {
            used += snprintf(text + used, size - used, "%d:", i);
        }
        if (used < size - 1) {
            used += describe_entry(entry, text + used, size - used);
        }
        if (used < size - 1) {
            used += snprintf(text + used, size - used, " ");
        }
    }
}
