/* Emitters: finding out, after code has run that could do anything, whether this frame can go on as before.
 *
 * A trace or profile function may have been set; then the interpreter goes on. A frame object may have
 * come into being; whoever holds it can write locals, so from then on, in contexts that are `observed`,
 * nothing is believed of locals after such code. */
#include "pyjit/emit.h"

/* Is anything known about locals that someone who holds the frame could make untrue? */
static bool
knows_locals(const Block *b)
{
    for (int i = 0; i < b->ctx.local_count; i++) {
        if (b->ctx.entries[i].type != TYPE_UNKNOWN || b->ctx.entries[i].bound) {
            return true;
        }
    }
    return false;
}

/* Emits the check: `news` if a frame object is one, else `seen`. */
static void
check(Block *b, int news, int seen, int continue_at, CheckResult result)
{
    Exit *exit = block_exit_check(b, continue_at, result);
    exit->calls = news == OP_check_call || news == OP_check_builtin;
    exit->news = !b->ctx.observed && knows_locals(b);
    ASM(&b->as, exit->news ? news : seen, (intptr_t)exit);
}

/* After a call. */
void
emit_check_call(Block *b)
{
    check(b, OP_check_call, OP_check_call_seen, b->in.next, CHECK_COMPLETE);
}

/* After a call of a C function. */
void
emit_check_builtin(Block *b)
{
    check(b, OP_check_builtin, OP_check_builtin_seen, b->in.next, CHECK_COMPLETE);
}

/* After what is not a call. */
void
emit_check_run(Block *b)
{
    check(b, OP_check_run, OP_check_run_seen, b->in.next, CHECK_COMPLETE);
}

/* Before a branch on a truth. */
void
emit_check_truth(Block *b, int branch_at, bool negated)
{
    check(b, OP_check_run, OP_check_run_seen, branch_at, negated ? CHECK_FALSEHOOD : CHECK_TRUTH);
}
