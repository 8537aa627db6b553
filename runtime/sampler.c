/* The thread that asks what the interpreter is doing. It touches no Python object: it queues a pending call, and sets
 * the eval breaker so that the call is made. */
#include "pyjit/sampler.h"

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
#define RAREST_TICK 100000        /* microseconds, where there is nobody to ask */
#define REPEATS_MOST 8            /* of a question that was not answered to satisfaction */
#define REPEAT_PAUSE 20           /* microseconds before each */
#define CAPSULE "pyjit.sampler"

static struct {
    pthread_mutex_t lock; /* held to ask, to sleep, to stop and to fork */
    pthread_cond_t wake;
    bool running;
    bool failed;  /* no thread was to be had, or is to be asked for any more */
    int (*look)(void *);
    PyInterpreterState *interp;
    PyThreadState *main;
    _Atomic int watched;
    _Atomic bool sleeping; /* until something is watched */
    _Atomic bool asked;    /* and not answered yet */
    _Atomic Sample sample; /* the last answer */
} sampler = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

/* ---- the thread -------------------------------------------------------------------------------- */

/* Is there something to see? */
static bool
can_ask(void)
{
    PyThreadState *runs = (PyThreadState *)_Py_atomic_load_relaxed(&_PyRuntime.gilstate.tstate_current);
    return sampler.watched > 0 && runs == sampler.main;
}

/* Has the main thread look at itself. The lock is held. */
static void
ask(void)
{
    if (!sampler.asked) {
        sampler.asked = _PyEval_AddPendingCall(sampler.interp, sampler.look, NULL) == 0;
    }
    /* In this thread CPython leaves the breaker as the main thread would not have it. Whoever finds it set without
     * a cause goes on. */
    _Py_atomic_store_relaxed(&sampler.interp->ceval.eval_breaker, 1);
}

static void
pause_for(long microseconds)
{
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
}

/* Pauses without the lock. False when this thread is to end. */
static bool
next_tick(long microseconds)
{
    pthread_mutex_unlock(&sampler.lock);
    pause_for(microseconds);
    pthread_mutex_lock(&sampler.lock);
    return !sampler.failed;
}

/* Sleeps until something is watched. */
static void
sleep_well(void)
{
    sampler.sleeping = true;
    while (sampler.watched == 0 && !sampler.failed) {
        pthread_cond_wait(&sampler.wake, &sampler.lock);
    }
    sampler.sleeping = false;
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
    while (next_tick(pause)) {
        if (can_ask()) {
            pause = sampler.sample == SAMPLE_NOTHING ? Py_MIN(pause * 2, tick * RARE_TICKS) : tick;
            idle = 0;
            ask();
            for (int i = 0; i < REPEATS_MOST && next_tick(REPEAT_PAUSE) && sampler.sample == SAMPLE_AGAIN; i++) {
                ask();
            }
        } else if (sampler.watched > 0) {
            pause = Py_MIN(pause * 2, RAREST_TICK);
        } else if (++idle > IDLE_TICKS) {
            sleep_well();
            pause = tick;
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
    pthread_cond_init(&sampler.wake, NULL);
    sampler.running = sampler.sleeping = false;
}

/* The interpreter ends: it takes no more pending calls. */
static void
stop(PyObject *Py_UNUSED(capsule))
{
    pthread_mutex_lock(&sampler.lock);
    sampler.failed = true;
    pthread_cond_signal(&sampler.wake);
    pthread_mutex_unlock(&sampler.lock);
}

/* Sees to it that stop() will be called, while the interpreter still is one. */
static bool
stop_in_time(PyInterpreterState *interp)
{
    PyObject *dict = PyInterpreterState_GetDict(interp), *capsule = PyCapsule_New(&sampler, CAPSULE, stop);
    bool done = dict != NULL && capsule != NULL && PyDict_SetItemString(dict, CAPSULE, capsule) == 0;
    Py_XDECREF(capsule);
    PyErr_Clear();
    return done;
}

/* Makes the thread. Signals are not for it. */
static bool
make_thread(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (fault_now() || pthread_attr_init(&attributes) != 0) {
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
sampler_start(int (*look)(void *))
{
    static bool prepared;
    if (sampler.running || sampler.failed) {
        return !sampler.failed;
    }
    PyThreadState *tstate = _PyThreadState_GET();
    sampler.look = look;
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
    if (count > 0 && sampler.sleeping) {
        pthread_mutex_lock(&sampler.lock);
        pthread_cond_signal(&sampler.wake);
        pthread_mutex_unlock(&sampler.lock);
    }
}

/* The question has been answered. */
void
sampler_answered(Sample sample)
{
    sampler.sample = sample;
    sampler.asked = false;
}
