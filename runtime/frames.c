/* Interpreter frames: their memory on the thread's data stack, and how they end.
 * Binding arguments is in arguments.c, exceptions are in unwind.c. */
#include "pyjit/frames.h"

/* The interpreter pops the chunks pushed here and pyjit pops those the interpreter pushed, so sizes
 * and layout are CPython's: at least CHUNK_BYTES, a power-of-two multiple of it, and room for
 * CHUNK_HEADROOM words besides the frame that asked. */
#define CHUNK_BYTES (16 * 1024)
#define CHUNK_HEADROOM 1000
#define SPARE_MOST 8 /* chunks of that size that are kept */

/* -- Memory ------------------------------------------------------------------------------------ */

/* Chunks that are in no thread's data stack, linked by `previous`. Recursion that goes to and fro over the end of
 * a chunk would have the system map and unmap memory each time. */
static _PyStackChunk *spare;
static int spare_count;

/* New chunk of so many bytes, or NULL. */
static _PyStackChunk *make_chunk(size_t bytes)
{
    _PyStackChunk *chunk = spare;
    if (chunk != NULL && bytes == CHUNK_BYTES) {
        spare = chunk->previous;
        spare_count--;
        return chunk;
    }
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    chunk = arena.alloc(arena.ctx, bytes);
    if (chunk != NULL) {
        chunk->size = bytes;
    }
    return chunk;
}

static void free_chunk(_PyStackChunk *chunk)
{
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    arena.free(arena.ctx, chunk, chunk->size);
}

void frames_free_spare(void)
{
    while (spare != NULL) {
        _PyStackChunk *chunk = spare;
        spare = chunk->previous;
        free_chunk(chunk);
    }
    spare_count = 0;
}

/* Makes a new chunk with room for `size` words the top of the data stack. Returns the words taken
 * from it, or NULL with MemoryError set. */
static PyObject **push_chunk(PyThreadState *tstate, size_t size)
{
    if (size > INT_MAX / 2) {
        PyErr_NoMemory();
        return NULL;
    }
    size_t bytes = CHUNK_BYTES;
    while (bytes < (size + CHUNK_HEADROOM) * sizeof(PyObject *)) {
        bytes *= 2;
    }
    _PyStackChunk *below = tstate->datastack_chunk;
    _PyStackChunk *chunk = make_chunk(bytes);
    if (chunk == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    chunk->previous = below;
    chunk->top = 0;
    PyObject **words = chunk->data;
    if (below != NULL) {
        below->top = (size_t)(tstate->datastack_top - below->data);
    } else {
        words++; /* a frame never starts the root chunk, so popping one never frees it */
    }
    tstate->datastack_chunk = chunk;
    tstate->datastack_top = words + size;
    tstate->datastack_limit = (PyObject **)((char *)chunk + bytes);
    return words;
}

_PyInterpreterFrame *frame_allocate(PyThreadState *tstate, size_t size)
{
    if (!_PyThreadState_HasStackSpace(tstate, size)) {
        return (_PyInterpreterFrame *)push_chunk(tstate, size);
    }
    PyObject **words = tstate->datastack_top;
    tstate->datastack_top = words + size;
    return (_PyInterpreterFrame *)words;
}

void frame_pop(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    _PyStackChunk *chunk = tstate->datastack_chunk;
    if ((PyObject **)frame != chunk->data) {
        tstate->datastack_top = (PyObject **)frame;
        return;
    }
    _PyStackChunk *below = chunk->previous;
    tstate->datastack_chunk = below;
    tstate->datastack_top = below->data + below->top;
    tstate->datastack_limit = (PyObject **)((char *)below + below->size);
    if (spare_count < SPARE_MOST && chunk->size == CHUNK_BYTES) {
        chunk->previous = spare;
        spare = chunk;
        spare_count++;
    } else {
        free_chunk(chunk);
    }
}

/* -- The end of a frame ------------------------------------------------------------------------ */

/* The frame object of the nearest complete frame from `frame` on, which heads the thread's frames.
 * New reference; NULL if there is no such frame or no memory. Keeps the pending exception. */
static PyFrameObject *caller_object(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    while (frame != NULL && _PyFrame_IsIncomplete(frame)) {
        frame = frame->previous;
    }
    if (frame == NULL) {
        return NULL;
    }
    if (frame->frame_obj != NULL) {
        return (PyFrameObject *)Py_NewRef(frame->frame_obj);
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyFrameObject *object = PyThreadState_GetFrame(tstate);
    PyErr_Restore(type, value, traceback);
    return object;
}

/* Moves the frame's data into its frame object, which outlives it. Steals the frame's references. */
static void take_over(PyThreadState *tstate, PyFrameObject *object, _PyInterpreterFrame *frame)
{
    _PyInterpreterFrame *own = (_PyInterpreterFrame *)object->_f_frame_data;
    memcpy(own, frame, offsetof(_PyInterpreterFrame, localsplus) +
                           (size_t)frame->stacktop * sizeof(PyObject *));
    own->owner = FRAME_OWNED_BY_FRAME_OBJECT;
    own->previous = NULL;
    object->f_frame = own;
    if (_PyFrame_IsIncomplete(own)) {
        /* It died before its first RESUME; only complete frames may be seen. */
        own->prev_instr = _PyCode_CODE(own->f_code) + own->f_code->_co_firsttraceable;
    }
    object->f_back = caller_object(tstate, frame->previous);
    if (!_PyObject_GC_IS_TRACKED((PyObject *)object)) {
        _PyObject_GC_TRACK((PyObject *)object);
    }
}

/* Releases what the frame holds, or hands it to the frame object if someone else has that. */
void frame_clear(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyFrameObject *object = frame->frame_obj;
    if (object != NULL) {
        frame->frame_obj = NULL;
        bool shared = Py_REFCNT(object) > 1;
        if (shared) {
            take_over(tstate, object, frame);
        }
        Py_DECREF(object);
        if (shared) {
            return;
        }
    }
    for (int i = 0; i < frame->stacktop; i++) {
        Py_XDECREF(frame->localsplus[i]);
    }
    Py_XDECREF(frame->frame_obj);
    Py_XDECREF(frame->f_locals);
    Py_DECREF(frame->f_func);
    Py_DECREF(frame->f_code);
}

void frame_clear_and_pop(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    assert(frame->owner == FRAME_OWNED_BY_THREAD);
    tstate->recursion_remaining--; /* finalizers run one level down, as in the interpreter */
    frame_clear(tstate, frame);
    tstate->recursion_remaining++;
    frame_pop(tstate, frame);
}
