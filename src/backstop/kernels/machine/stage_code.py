"""What becomes of a stage's code: it is optimised once, and waits for the kernel that it is compiled into.

numba would optimise every function twice, the first time for reference counts, which stages have none of, and turn each
into machine code of its own, which nobody runs: a third of what compiling costs.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder


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
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)

    def emit_object(self) -> bytes:
        """Machine code of an entry and all that is compiled into it."""
        self._ensure_finalized()
        code: bytes = self._codegen._tm.emit_object(self._final_module)
        return code

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class StageCompiler(CompilerBase):
    """Compiles a function for other compiled functions alone."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes, into a library of ours."""
        self.state.library = _StageLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]
