//! What happens to the process as a whole: its end, and its forks.
//!
//! The hooks are the C library's, and with them stands the only unsafe code of the crate: nothing
//! safe reports either.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use crate::sys::fork;
#[cfg(unix)]
use crate::sys::sync::AtomicI32;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, Mutex, Ordering, Weak};

/// The number of forks between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Whether a child starts a thread that resets it, as it may never enter a lock: see
/// [`wake_in_child`].
static WAKES_IN_CHILD: AtomicBool = AtomicBool::new(false);

/// Whether the hooks at the end run or have run.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// What is called at the end, and at the start of a child.
static HOOKS: Mutex<Hooks> = Mutex::new(Hooks {
    installed: false,
    at_exit: Vec::new(),
    in_child: Vec::new(),
    of_child: Vec::new(),
});

struct Hooks {
    installed: bool,
    at_exit: Vec<fn()>,
    in_child: Vec<fn()>,
    of_child: Vec<Weak<dyn InChild>>,
}

/// Something with records, threads, timers or flags that belong to the parent in a child process.
pub(crate) trait InChild: Send + Sync {
    /// Called once in a child process, before anything of the crate is used there. Drops what
    /// belongs to the parent, and restarts threads. Other threads wait until it has returned.
    fn in_child(self: Arc<Self>);
}

/// Returns a number that is different in each child process.
#[inline]
pub(crate) fn generation() -> u32 {
    fork::settle_if_new();
    GENERATION.load(Ordering::Relaxed)
}

/// Reports whether the process was forked from one that had handlers.
pub(crate) fn is_child() -> bool {
    GENERATION.load(Ordering::Relaxed) > 0
}

/// Reports whether the process is ending: what enters a buffer from now on is not written by a
/// hook.
#[inline]
pub(crate) fn is_ending() -> bool {
    IS_ENDING.load(Ordering::Relaxed)
}

/// Registers a function to be called at the end of the process, by return from `main` or by `exit`;
/// once, however often it is registered.
pub(crate) fn at_exit(hook: fn()) {
    HOOKS.lock().add(|hooks| &mut hooks.at_exit, hook);
}

/// Registers a function to be called in each child process, before anything of the crate is used
/// there; once, however often it is registered.
pub(crate) fn in_child(hook: fn()) {
    HOOKS.lock().add(|hooks| &mut hooks.in_child, hook);
}

/// Registers a value likewise, for as long as it lives.
#[cfg_attr(
    not(any(feature = "control", all(unix, feature = "signal"))),
    allow(dead_code, reason = "for sockets and signals")
)]
pub(crate) fn in_child_of(value: &Arc<impl InChild + 'static>) {
    let value: Weak<dyn InChild> = Arc::<_>::downgrade(value) as Weak<dyn InChild>;
    let mut hooks = HOOKS.lock();
    hooks.install();
    let values = &mut hooks.of_child;
    if values.len() >= 16 && values.len().is_power_of_two() {
        values.retain(|value| value.strong_count() > 0);
    }
    values.push(value);
    drop(hooks);
}

/// Makes each child process reset itself on a new thread, rather than at its first use of a lock.
/// For what suppresses records and must end in time: without records, no lock is used.
pub(crate) fn wake_in_child() {
    WAKES_IN_CHILD.store(true, Ordering::Relaxed);
}

/// The descriptors of each [`NotInChild`]; -1 for a free place.
#[cfg(unix)]
#[cfg_attr(miri, allow(dead_code, reason = "without the hooks"))]
static NOT_IN_CHILD: [AtomicI32; 256] = [const { AtomicI32::new(-1) }; 256];

/// Closes a descriptor in each child process, at once and whatever the child does: its owner is a
/// thread that the child does not have, and a peer would wait for the child's copy.
///
/// The owner of the descriptor drops this first and then closes the descriptor, and does not use
/// the descriptor in a child. Descriptors beyond 256 stay open in a child.
#[cfg(all(unix, any(feature = "control", feature = "socket")))]
#[derive(Debug)]
pub(crate) struct NotInChild(Option<usize>);

#[cfg(all(unix, any(feature = "control", feature = "socket")))]
impl NotInChild {
    pub(crate) fn new(descriptor: i32) -> Self {
        HOOKS.lock().install();
        let free = NOT_IN_CHILD.iter().position(|place| {
            let taken = place.compare_exchange(-1, descriptor, Ordering::AcqRel, Ordering::Relaxed);
            taken.is_ok()
        });
        Self(free)
    }
}

#[cfg(all(unix, any(feature = "control", feature = "socket")))]
impl Drop for NotInChild {
    fn drop(&mut self) {
        if let Some(place) = self.0.and_then(|place| NOT_IN_CHILD.get(place)) {
            place.store(-1, Ordering::Release);
        }
    }
}

impl Hooks {
    fn add(&mut self, list: impl FnOnce(&mut Self) -> &mut Vec<fn()>, hook: fn()) {
        self.install();
        let list = list(self);
        if !list.iter().any(|known| std::ptr::fn_addr_eq(*known, hook)) {
            list.push(hook);
        }
    }

    fn install(&mut self) {
        if !std::mem::replace(&mut self.installed, true) {
            system::install();
        }
    }
}

/// Calls each of the functions. A panic must not unwind into the C library, and there is no caller
/// to report it to.
#[cfg_attr(
    any(miri, not(any(unix, windows))),
    expect(dead_code, reason = "for hooks")
)]
fn call_at_exit() {
    IS_ENDING.store(true, Ordering::Relaxed);
    let hooks = HOOKS.lock().at_exit.clone();
    for hook in hooks {
        let _ = panic::catch_unwind(hook);
    }
}

/// Calls the functions, then the values.
#[cfg_attr(any(miri, not(unix)), expect(dead_code, reason = "for hooks"))]
fn call_in_child() {
    let hooks = HOOKS.lock();
    let (functions, values) = (hooks.in_child.clone(), hooks.of_child.clone());
    drop(hooks);
    for hook in functions {
        let _ = panic::catch_unwind(hook);
    }
    for value in values.iter().filter_map(Weak::upgrade) {
        let _ = panic::catch_unwind(AssertUnwindSafe(|| value.in_child()));
    }
}

thread_local! {
    static PATIENCE: Cell<Option<Duration>> = const { Cell::new(None) };
}

/// Returns how long the calling thread waits for another one that makes no progress; `None` is
/// without limit.
pub(crate) fn patience() -> Option<Duration> {
    PATIENCE.get()
}

/// Calls `work`, during which the calling thread waits at most this long for another one that makes
/// no progress.
pub(crate) fn with_patience(patience: Duration, work: impl FnOnce()) {
    let before = PATIENCE.replace(Some(patience));
    work();
    PATIENCE.set(before);
}

/// How many threads wait for something to be written before the process may end.
static IN_A_HURRY: AtomicU32 = AtomicU32::new(0);

/// Reports whether a thread waits, with whatever locks it has, for something to be written.
pub(crate) fn is_in_a_hurry() -> bool {
    IN_A_HURRY.load(Ordering::Relaxed) > 0
}

/// Calls `wait`, during which all threads hurry.
pub(crate) fn in_a_hurry<R>(wait: impl FnOnce() -> R) -> R {
    IN_A_HURRY.fetch_add(1, Ordering::SeqCst);
    let result = wait();
    IN_A_HURRY.fetch_sub(1, Ordering::SeqCst);
    result
}

#[cfg(all(unix, not(miri)))]
mod system {
    use std::thread;

    use super::{GENERATION, NOT_IN_CHILD, Ordering, WAKES_IN_CHILD, call_at_exit, call_in_child};
    use crate::sys::fork::{self, hooks};

    extern "C" fn at_exit() {
        call_at_exit();
    }

    extern "C" fn before_fork() {
        hooks::close(barrier);
    }

    extern "C" fn in_parent() {
        hooks::open_in_parent();
    }

    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
        close_descriptors();
        hooks::open_in_child();
        if WAKES_IN_CHILD.load(Ordering::Relaxed) {
            let thread = thread::Builder::new().name("logtree-child".to_owned());
            let _ = thread.spawn(fork::settle_if_new);
        }
    }

    /// Takes no lock and allocates nothing, as the child may have no other thread.
    fn close_descriptors() {
        for place in &NOT_IN_CHILD {
            let descriptor = place.swap(-1, Ordering::Relaxed);
            if descriptor >= 0 {
                #[expect(
                    unsafe_code,
                    reason = "nothing safe closes what a thread owns that was not forked"
                )]
                // SAFETY: the descriptor was open at the fork and is still the owner's, as its
                // place is freed before it is closed, and nothing of the child has run yet that
                // could have opened another one. Its owner is never used or dropped in a child: the
                // thread that it belongs to is not there, and what holds it is forgotten. Nothing
                // safe does this: a socket that is shut down is so in the parent too. A test of the
                // endpoint counts a child's sockets
                // (`a_child_closes_its_copy_and_leaves_the_parents_socket`).
                unsafe {
                    libc::close(descriptor);
                }
            }
        }
    }

    pub(super) fn install() {
        hooks::on_child(call_in_child);
        if membarrier(REGISTER_PRIVATE_EXPEDITED) {
            hooks::has_barrier();
        }
        #[expect(
            unsafe_code,
            reason = "nothing safe reports the end of a process, or forks"
        )]
        // SAFETY: both take functions that live as long as the program, as these do, and call them
        // without arguments. None of them unwinds: what they call is caught.
        unsafe {
            libc::atexit(at_exit);
            libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child));
        }
    }

    const PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: libc::c_int = 1 << 4;

    /// Runs a full memory barrier on all running threads of the process. Where the kernel has none,
    /// entering has a fence.
    fn barrier() {
        if !membarrier(PRIVATE_EXPEDITED) && membarrier(REGISTER_PRIVATE_EXPEDITED) {
            membarrier(PRIVATE_EXPEDITED);
        }
    }

    #[cfg(target_os = "linux")]
    fn membarrier(command: libc::c_int) -> bool {
        #[expect(
            unsafe_code,
            reason = "no safe call has it; a fence costs each record 20 cycles"
        )]
        // SAFETY: the call takes three numbers, and reads or writes no memory of the process.
        let result = unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) };
        result == 0
    }

    #[cfg(not(target_os = "linux"))]
    fn membarrier(_: libc::c_int) -> bool {
        false
    }
}

/// The C library's `exit` and return from `main` call this; Rust's `std::process::exit` does not,
/// as it ends the process by a system call.
#[cfg(all(windows, not(miri)))]
mod system {
    extern "C" fn at_exit() {
        super::call_at_exit();
    }

    pub(super) fn install() {
        #[expect(unsafe_code, reason = "nothing safe reports the end of a process")]
        // SAFETY: it takes a function that lives as long as the program, and calls it without
        // arguments. It does not unwind: what it calls is caught.
        unsafe {
            libc::atexit(at_exit);
        }
    }
}

#[cfg(any(miri, not(any(unix, windows))))]
mod system {
    /// Elsewhere [`shutdown`](crate::shutdown) is the application's to call.
    pub(super) fn install() {}
}
