"""Ends a `fit` between two steps where a signal or a callback interrupts it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from keras_gan.training.fitting.hooks import FitHooks

# Signals, and the handler that each must have to be taken over: Python's own.
_SIGNALS: dict[str, Any] = {
    "SIGINT": signal.default_int_handler,
    "SIGTERM": signal.SIG_DFL,
    "SIGHUP": signal.SIG_DFL,
}


class Interruption:
    """Holds signals back during a step, and tells the hooks that `fit` is interrupted.

    Ctrl-C raises `KeyboardInterrupt`; SIGTERM and SIGHUP raise `SystemExit` with 128
    plus their number. During a step, which `with interruption:` surrounds, a signal
    waits for `raise_pending`; a second one does not wait.

    Signals are taken over only if a hook overrides `when_interrupted`, in the main
    thread, and where the program has set no handler of its own.

    Args:
        gan: The GAN in training.
        hooks: The callbacks with hooks.
    """

    def __init__(self, gan: Any, hooks: Iterable[FitHooks]) -> None:
        self.gan = gan
        self.hooks = [
            hook
            for hook in hooks
            if type(hook).when_interrupted is not FitHooks.when_interrupted
        ]
        self._holding = False
        self._pending: BaseException | None = None

    def __enter__(self) -> None:
        self._holding = True

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # After an exception the step is not whole.
        self._holding = kind is not None

    def raise_pending(self) -> None:
        """Raises the interruption that came during a step, if there was one."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            raise pending

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Calls the hooks if what runs inside is interrupted between two steps."""
        with self._handlers():
            try:
                yield
                self.raise_pending()
            except (KeyboardInterrupt, SystemExit):
                if not self._holding:
                    self._pending = None
                    with self:
                        for hook in self.hooks:
                            hook.when_interrupted(self.gan)
                raise

    @contextlib.contextmanager
    def _handlers(self) -> Iterator[None]:
        """Handles the signals inside."""
        replaced = {}
        if self.hooks and threading.current_thread() is threading.main_thread():
            for name, default in _SIGNALS.items():
                number = getattr(signal, name, None)  # Windows has no SIGHUP
                if number is not None and signal.getsignal(number) == default:
                    replaced[number] = signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number, handler in replaced.items():
                signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Raises the exception of a signal, or lets it wait for the end of the step."""
        error = SystemExit(128 + number)
        if number == signal.SIGINT:
            error = KeyboardInterrupt()
        if self._holding and self._pending is None:
            self._pending = error
        else:
            raise error
