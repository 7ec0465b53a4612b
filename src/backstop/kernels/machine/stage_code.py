"""How numba compiles a stage: no pass that our code has no use for, and optimised as a whole only in what it ends in.

numba would optimise every function as a whole, and again wherever another calls it, and turn each into machine code of
its own, which nobody runs. Its passes for closures, literals, `with` blocks, array expressions and objects change
nothing of what kernels are written in: loops, arithmetic, frames. Together they are half of what compiling costs.
"""

from typing import Any

from numba.core import typed_passes as typed
from numba.core import untyped_passes as untyped
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager

_PASSES = (
    untyped.TranslateByteCode, untyped.FixupArgs, untyped.IRProcessing, untyped.GenericRewrites,
    untyped.RewriteDynamicRaises, untyped.InlineInlinables, untyped.ReconstructSSA, typed.NopythonTypeInference,
    typed.PreLowerStripPhis, typed.IRLegalization, typed.NativeLowering, typed.NoPythonBackend,
)
"""Of numba's own, in its order."""


class _NoEnvironment:
    """Stands for numba's code generator where only machine code has an environment to be set."""

    def set_env(self, env_name: str, env: Any) -> None:
        """Nothing reads it."""


class _StageLibrary(JITCodeLibrary):
    """LLVM code that other code links in."""

    @property
    def codegen(self) -> Any:
        """See `_NoEnvironment`."""
        return _NoEnvironment()

    def get_pointer_to_function(self, name: str) -> int:
        """There is none: nothing may call a stage but kernels."""
        self._ensure_finalized()
        return 0

    def _optimize_final_module(self) -> None:
        """Nothing, before all is inlined: `_optimized` does."""

    def _optimized(self) -> Any:
        self._ensure_finalized()
        module = self._final_module.clone()
        passes, builder = self._codegen._module_pass_manager()
        passes.run(module, builder)
        return module

    def emit_object(self) -> tuple[bytes, list[str]]:
        """Machine code of an entry and all that is compiled into it, and the names of its global variables."""
        module = self._optimized()
        return self._codegen._tm.emit_object(module), [variable.name for variable in module.global_variables]

    def get_asm_str(self) -> str:
        """The listing of a stage, as if it were an entry."""
        return str(self._codegen._tm.emit_assembly(self._optimized()))

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _ApartLibrary(_StageLibrary):
    """Of what stays a function."""

    def add_ir_module(self, module: Any) -> None:
        """With an aligned stack: vectors that spill across cache lines cost a third."""
        for function in module.functions:
            if not function.is_declaration and "alwaysinline" not in function.attributes:
                function.attributes.alignstack = 64
                function.attributes.add("noinline")
        super().add_ir_module(module)


class _Passes(PassManager):
    _ENFORCING = False
    """No check and no tidying after each pass: those of `_PASSES` need none from each other."""


class StageCompiler(CompilerBase):
    """Compiles a function for other compiled functions alone."""

    library = _StageLibrary

    def define_pipelines(self) -> list[Any]:
        """`_PASSES`, into a library of ours."""
        self.state.library = self.library(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        passes = _Passes("stage")
        for one in _PASSES:
            passes.add_pass(one, one.__name__)
        passes.finalize()
        return [passes]


class ApartCompiler(StageCompiler):
    """Compiles what stays a function: an entry or a rule with all that is compiled into it, and a stage apart."""

    library = _ApartLibrary
