"""Linear algebra adds in one order, whatever the number of cores: fits and draws are the same bits everywhere."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import threadpool_limits


def one_blas_thread() -> "threadpool_limits":
    """A context in which BLAS works on one thread.

    A process of Python may have loaded BLAS long ago, where the environment that commands set comes too late.
    """
    import scipy.linalg  # noqa: F401  # loads its BLAS, which could not be told otherwise
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="blas")
