"""How compiled code calls a rule: by the address in a slot, a word of its own object code; see `slots`."""

import inspect

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import infer, infer_global, make_intrinsic_template

from backstop.kernels.machine.frame_types import form_of_type, type_of
from backstop.kernels.machine.layouts import name_of, to_short
from backstop.kernels.machine.objects import FINDER, Slot

_WORD = ir.IntType(64)
_NOT_LOADED = "a rule is called by code that numba has loaded by itself: call an entry"
_SLOTS: dict[str, Slot] = {}
"""All that this process has met, by symbol."""


def register(rule):
    """Let compiled code call `rule`."""
    names = ", ".join(inspect.signature(rule.py_func).parameters)
    scope = {"define": lambda *given: _define(rule, given)}
    exec(f"def call(typingctx, {names}):\n    return define({names})", scope)
    template = make_intrinsic_template(rule, scope["call"], rule.__name__, prefer_literal=False, kwargs={})
    infer(template)
    infer_global(rule, types.Function(template))


def _define(rule, given):
    forms = tuple(map(form_of_type, given))
    slot = _slot(rule, forms)

    def generate(context, builder, signature, args):
        code = _find(context, builder, slot)
        with builder.if_then(builder.icmp_unsigned("!=", code, ir.Constant(_WORD, 0))):
            kind = context.call_conv.get_function_type(types.none, signature.args)
            function = builder.inttoptr(code, kind.as_pointer())
            status, _ = context.call_conv.call_function(builder, function, types.none, signature.args, args)
            with cgutils.if_unlikely(builder, status.is_error):
                context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.none(*map(type_of, forms)), generate


def _slot(rule, forms):
    symbol = f"rule {rule.__module__}.{rule.__name__} {name_of(forms)}"
    return _SLOTS.setdefault(symbol, Slot(symbol, rule.__module__, rule.__name__, tuple(map(to_short, forms))))


def _find(context, builder, slot):
    """The address in the slot; where it has none, what the finder answers: 0 for no call."""
    place = _word(builder.module, slot.symbol)
    found = cgutils.alloca_once_value(builder, builder.load(place))
    with cgutils.if_unlikely(builder, _is_null(builder, builder.load(found))):
        finder_at = builder.load(_word(builder.module, FINDER))
        with cgutils.if_unlikely(builder, _is_null(builder, finder_at)):
            context.call_conv.return_user_exc(builder, RuntimeError, (_NOT_LOADED,))
        finder = builder.inttoptr(finder_at, ir.FunctionType(_WORD, [place.type]).as_pointer())
        builder.store(builder.call(finder, [place]), found)
    return builder.load(found)


def _is_null(builder, word):
    return builder.icmp_unsigned("==", word, ir.Constant(_WORD, 0))


def _word(module, symbol):
    """A word of the object code that whoever loads it fills."""
    if symbol not in module.globals:
        word = ir.GlobalVariable(module, _WORD, symbol)
        word.linkage, word.initializer = "weak", ir.Constant(_WORD, 0)
    return module.globals[symbol]


def slots_of(symbols):
    """The slots among the `symbols` of object code, in their order."""
    return tuple(_SLOTS[symbol] for symbol in symbols if symbol in _SLOTS)
