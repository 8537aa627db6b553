/* The thread that asks what the interpreter is doing. It touches no Python object: it queues a pending call, and sets
 * the eval breaker so that the call is made. */
#include "pyjit/sampler.h"

#include "pyjit/frames.h"
#include "pyjit/memory.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define STACK_SIZE (64 << 10)
#define IDLE_TICKS 32             /* before the thread sleeps */
#define RARE_TICKS 8              /* how much rarer they are where there is nothing to see */
#define FORKED_TICKS 2            /* before the first question to a process that has begun by a fork, and may end any time */
#define RAREST_TICK 500000        /* microseconds, where there is nobody to ask */
#define FOR_EVER 1000000000000
#define CAPSULE "pyjit.sampler"

static struct {
    pthread_mutex_t lock; /* held to ask, to wait, to stop and to fork */
    pthread_cond_t wake;
    bool running;
    bool forked;  /* this process */
    bool failed;  /* no thread was to be had, or is to be asked for any more */
    int (*look)(void *);
    void (*idle)(bool another);
    PyInterpreterState *interp;
    PyThreadState *main;
    _Atomic int watched;
    _Atomic bool resting;  /* the thread waits until something new is watched */
    bool woken;            /* something is */
    _Atomic bool asked;    /* and not answered yet */
    _Atomic Sample sample; /* the last answer */
} sampler = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the thread -------------------------------------------------------------------------------- */

/* Has the main thread the GIL? */
static bool
main_runs(void)
{
    return (PyThreadState *)_Py_atomic_load(&_PyRuntime.gilstate.tstate_current) == sampler.main;
}

/* Has some other thread? */
static bool
another_runs(void)
{
    PyThreadState *running = (PyThreadState *)_Py_atomic_load(&_PyRuntime.gilstate.tstate_current);
    return running != NULL && running != sampler.main;
}

/* Is there something to see? */
static bool
can_ask(void)
{
    return sampler.watched > 0 && main_runs();
}

/* Has the main thread look at itself. The lock is held.
 *
 * CPython, adding a pending call, sets the eval breaker as it concerns the thread that adds it, which is this one. Set for
 * the main thread, it must have a cause that goes away when the main thread sees to it, or it would stay set (a traced
 * RESUME waits until it is not): so the cause comes last. And it must not be set for a thread that has taken the GIL
 * meanwhile, and cannot see to pending calls. */
static void
ask(void)
{
    struct _ceval_state *ceval = &sampler.interp->ceval;
    if (!sampler.asked) {
        sampler.asked = true; /* the answer may come before the next line is done */
        if (_PyEval_AddPendingCall(sampler.interp, sampler.look, NULL) < 0) {
            sampler.asked = false;
        }
    }
    do {
        _Py_atomic_store(&ceval->eval_breaker, 1);
        _Py_atomic_store(&ceval->pending.calls_to_do, 1);
        if (main_runs()) {
            return;
        }
        safepoint_recompute(sampler.interp);
    } while (main_runs());
}

/* So many microseconds from now. */
static struct timespec
time_in(long microseconds)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    long nanoseconds = time.tv_nsec + microseconds % 1000000 * 1000;
    time.tv_sec += microseconds / 1000000 + nanoseconds / 1000000000;
    time.tv_nsec = nanoseconds % 1000000000;
    return time;
}

/* Waits for so many microseconds, whatever comes. */
static void
let_pass(long microseconds)
{
    struct timespec until = time_in(microseconds);
    while (!sampler.failed && pthread_cond_timedwait(&sampler.wake, &sampler.lock, &until) == 0) {
    }
}

/* Waits for so many microseconds, or FOR_EVER; until something new is watched, if that is more than a tick. */
static void
wait_for(long microseconds)
{
    struct timespec until = time_in(microseconds);
    sampler.resting = microseconds > settings_get()->tick;
    bool over = sampler.resting && microseconds == FOR_EVER && sampler.watched > 0;
    sampler.woken = over;
    while (!over && !sampler.failed && !sampler.woken) {
        over = pthread_cond_timedwait(&sampler.wake, &sampler.lock, &until) != 0;
    }
    sampler.resting = false;
}

/* The thread. */
static void *
run(void *Py_UNUSED(argument))
{
    const long tick = settings_get()->tick;
    long pause = tick;
    int idle = 0;
#ifdef __linux__
    pthread_setname_np(pthread_self(), "pyjit");
#endif
    pthread_mutex_lock(&sampler.lock);
    if (sampler.forked) {
        let_pass(tick * FORKED_TICKS);
    }
    for (;;) {
        wait_for(pause);
        if (sampler.failed) {
            break;
        }
        if (sampler.woken) {
            pause = tick;
            idle = 0;
        } else if (can_ask()) {
            ask(); /* the answer will come; the one before says how soon to ask again */
            pause = sampler.sample == SAMPLE_NOTHING ? Py_MIN(pause * 2, tick * RARE_TICKS) : tick;
            idle = 0;
        } else if (sampler.watched > 0) {
            sampler.idle(another_runs());
            pause = Py_MIN(pause * 2, RAREST_TICK);
        } else if (++idle > IDLE_TICKS) {
            pause = FOR_EVER;
        }
    }
    sampler.running = false;
    pthread_mutex_unlock(&sampler.lock);
    return NULL;
}

/* ---- its life ---------------------------------------------------------------------------------- */

/* Before a fork, so that no question is half asked. */
static void
before_fork(void)
{
    pthread_mutex_lock(&sampler.lock);
}

static void
after_fork_in_parent(void)
{
    pthread_mutex_unlock(&sampler.lock);
}

/* Threads do not live on in children. */
static void
after_fork_in_child(void)
{
    pthread_mutex_init(&sampler.lock, NULL);
    sampler.running = sampler.resting = false;
    sampler.forked = true;
}

/* The interpreter ends: it takes no more pending calls. */
static void
stop(PyObject *Py_UNUSED(capsule))
{
    pthread_mutex_lock(&sampler.lock);
    sampler.failed = true;
    if (sampler.running) {
        pthread_cond_signal(&sampler.wake);
    }
    pthread_mutex_unlock(&sampler.lock);
}

/* Sees to it that stop() will be called, while the interpreter still is one. An exception may be pending, which is about to be
 * thrown into a frame. */
static bool
stop_in_time(PyInterpreterState *interp)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *dict = PyInterpreterState_GetDict(interp), *capsule = PyCapsule_New(&sampler, CAPSULE, stop);
    bool done = dict != NULL && capsule != NULL && PyDict_SetItemString(dict, CAPSULE, capsule) == 0;
    Py_XDECREF(capsule);
    PyErr_Restore(type, value, traceback);
    return done;
}

/* Makes the condition. It goes by a clock that nobody sets. */
static bool
make_condition(void)
{
    pthread_condattr_t attributes;
    bool made = pthread_condattr_init(&attributes) == 0 &&
                pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&sampler.wake, &attributes) == 0;
    sampler.resting = false;
    return made;
}

/* Makes the thread. Signals are not for it. */
static bool
make_thread(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (fault_now() || !make_condition() || pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool made = pthread_create(&thread, &attributes, run, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return made;
}

/* Starts the thread if it does not run. */
bool
sampler_start(int (*look)(void *), void (*idle)(bool another))
{
    static bool prepared;
    if (sampler.running || sampler.failed) {
        return !sampler.failed;
    }
    PyThreadState *tstate = _PyThreadState_GET();
    sampler.look = look;
    sampler.idle = idle;
    sampler.interp = tstate->interp;
    sampler.main = tstate;
    sampler.failed = settings_get()->tick == 0 ||
                     (!prepared && (!stop_in_time(tstate->interp) ||
                                    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0));
    prepared = true;
    sampler.running = !sampler.failed && make_thread();
    sampler.failed = !sampler.running;
    return sampler.running;
}

/* ---- its work ---------------------------------------------------------------------------------- */

/* So many things are being watched now. */
void
sampler_watch(int count)
{
    sampler.watched = count;
    if (sampler.resting && count > 0) {
        sampler_lock();
        sampler.woken = true;
        pthread_cond_signal(&sampler.wake);
        sampler_unlock();
    }
}

/* Keeps the thread from doing anything. It holds the lock for microseconds, and never waits for the GIL with it. */
void
sampler_lock(void)
{
    pthread_mutex_lock(&sampler.lock);
}

/* The opposite. */
void
sampler_unlock(void)
{
    pthread_mutex_unlock(&sampler.lock);
}

/* The question has been answered. */
void
sampler_answered(Sample sample)
{
    sampler.sample = sample;
    sampler.asked = false;
}
