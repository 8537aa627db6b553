/* Emitters: the arguments of a call and the parameters of the Python function. What is wrong with them is left to the
 * generic call. */
#include "pyjit/emit_calls.h"

#include "pyjit/quiet.h"

/* ---- binding ----------------------------------------------------------------------------------- */

/* The parameter with this name, -1 if none. */
static int
find_parameter(const PyCodeObject *code, PyObject *name)
{
    for (int i = code->co_posonlyargcount; i < code->co_argcount + code->co_kwonlyargcount; i++) {
        PyObject *parameter = PyTuple_GET_ITEM(code->co_localsplusnames, i);
        if (parameter == name || PyUnicode_Compare(parameter, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* Binds the keywords of a call, all of them to parameters of their own or all to **kwargs. */
static bool
bind_keywords(const Block *b, const Call *call, const PyCodeObject *code, Binding *binding)
{
    int positional = call->count - call->keywords;
    for (int k = 0; k < call->keywords; k++) {
        int i = find_parameter(code, PyTuple_GET_ITEM(b->kwnames, k));
        if (i < 0) {
            binding->packed_keywords++;
        } else if (binding->sources[i].entry >= 0) {
            return false;
        } else {
            binding->sources[i].entry = call->first - positional - k;
        }
    }
    return binding->packed_keywords == 0 ||
           (binding->packed_keywords == call->keywords && (code->co_flags & CO_VARKEYWORDS));
}

/* Binds defaults to the parameters that have no argument. */
static bool
bind_defaults(const PyCodeObject *code, const PyFunctionObject *function, Binding *binding)
{
    PyObject *values = function->func_defaults, *keyword_values = function->func_kwdefaults;
    int available = values == NULL ? 0 : (int)PyTuple_GET_SIZE(values);
    for (int i = 0; i < code->co_argcount + code->co_kwonlyargcount; i++) {
        Source *source = &binding->sources[i];
        if (source->entry >= 0) {
            continue;
        }
        if (i < code->co_argcount) {
            source->default_item = i - (code->co_argcount - available);
            binding->defaults = available;
        } else if (keyword_values != NULL && PyDict_CheckExact(keyword_values)) {
            PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
            source->constant = quiet_dict_get(keyword_values, name);
            binding->keyword_defaults = keyword_values;
        }
        if (source->default_item < 0 && source->constant == NULL) {
            return false;
        }
    }
    return true;
}

/* Binds arguments to parameters. */
CodeState *
emit_bind(const Block *b, const Call *call, PyFunctionObject *function, Binding *binding)
{
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    int parameters = code->co_argcount + code->co_kwonlyargcount;
    int positional = call->count - call->keywords, taken = Py_MIN(positional, code->co_argcount);
    *binding = (Binding){.defaults = -1, .packed_first = call->first - taken, .packed_positional = positional - taken};
    if (!(code->co_flags & CO_OPTIMIZED) || parameters > MAX_PARAMETERS ||
        (binding->packed_positional > 0 && !(code->co_flags & CO_VARARGS))) {
        return NULL;
    }
    binding->is_plain = code->co_kwonlyargcount == 0 && !(code->co_flags & (CO_VARARGS | CO_VARKEYWORDS));
    for (int i = 0; i < parameters; i++) {
        binding->sources[i] = (Source){i < taken ? call->first - i : -1, -1, NULL};
    }
    bool bound = bind_keywords(b, call, code, binding) && bind_defaults(code, function, binding);
    return bound ? code_state_make(code) : NULL;
}

/* ---- *args and **kwargs -------------------------------------------------------------------------- */

/* Emits the guard that the defaults of keyword-only parameters are what they are now. */
bool
emit_guard_keyword_defaults(Block *b, const Binding *binding)
{
    PyDictObject *dict = (PyDictObject *)binding->keyword_defaults;
    if (dict != NULL && dict->ma_version_tag <= INT32_MAX) {
        ASM(&b->as, OP_guard_known_dict, (intptr_t)dict, (intptr_t)dict->ma_version_tag, (intptr_t)block_exit_miss(b));
    }
    return dict == NULL || dict->ma_version_tag <= INT32_MAX;
}

/* Emits the guard that the callee, which is known to be this function, is as it was bound. */
bool
emit_guard_bound(Block *b, PyFunctionObject *function, const Binding *binding)
{
    return emit_guard_known_function(b, function) && emit_guard_keyword_defaults(b, binding);
}

/* Owns the arguments that will go into *args and **kwargs. */
void
emit_own_packed(Block *b, const Binding *binding)
{
    for (int i = 0; i < binding->packed_positional + binding->packed_keywords; i++) {
        block_own(b, binding->packed_first - i);
    }
}

/* Emits the making of *args and **kwargs in the new frame; false if there is no memory for the plan. */
bool
emit_pack(Block *b, const Binding *binding, const PyCodeObject *code, bool keep)
{
    int next = code->co_argcount + code->co_kwonlyargcount;
    if (binding->is_plain || !(code->co_flags & (CO_VARARGS | CO_VARKEYWORDS))) {
        return true;
    }
    QuietPack *pack = code_allocate(b->state, sizeof *pack);
    if (pack == NULL) {
        return false;
    }
    *pack = (QuietPack){
        .keep = keep,
        .items = slot_of_stack(b, b->ctx.depth - 1 - binding->packed_first),
        .positional = binding->packed_positional,
        .names = binding->packed_keywords > 0 ? b->kwnames : NULL,
    };
    if (pack->names != NULL && code->co_flags & CO_VARKEYWORDS) {
        pack->model = emit_model(b, _PyTuple_ITEMS(pack->names), binding->packed_keywords);
    }
    if (code->co_flags & CO_VARARGS) {
        pack->tuple_at = slot_of_local(next++);
    }
    if (code->co_flags & CO_VARKEYWORDS) {
        pack->dict_at = slot_of_local(next);
    }
    ASM(&b->as, OP_pack_arguments, (intptr_t)pack, (intptr_t)block_exit_generic(b));
    for (int i = 0; !keep && i < binding->packed_positional + binding->packed_keywords; i++) {
        *block_stack(b, binding->packed_first - i) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
    }
    return true;
}
