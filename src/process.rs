//! What happens to the process as a whole: its end, and its forks.
//!
//! The hooks are the C library's, and the only unsafe code of the crate: nothing safe tells of either.

use crate::sync::{AtomicU32, Mutex, Ordering};

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// What is done at the end, and what is waited for before a fork.
static HOOKS: Mutex<Hooks> = Mutex::new(Hooks {
    installed: false,
    at_exit: Vec::new(),
    before_fork: Vec::new(),
});

struct Hooks {
    installed: bool,
    at_exit: Vec<fn()>,
    before_fork: Vec<fn()>,
}

/// A number that is another one in a child process. Whoever keeps threads, or records of the parent's, compares it.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Calls a function at the end of the process, by return from `main` or by `exit`; once, however often it is given.
pub(crate) fn at_exit(hook: fn()) {
    HOOKS.lock().add(|hooks| &mut hooks.at_exit, hook);
}

/// Calls a function before each fork, on the thread that forks; it is to return once nobody is inside the locks it knows of.
pub(crate) fn before_fork(hook: fn()) {
    HOOKS.lock().add(|hooks| &mut hooks.before_fork, hook);
}

impl Hooks {
    fn add(&mut self, list: impl FnOnce(&mut Self) -> &mut Vec<fn()>, hook: fn()) {
        if !std::mem::replace(&mut self.installed, true) {
            system::install();
        }
        let list = list(self);
        if !list.iter().any(|known| std::ptr::fn_addr_eq(*known, hook)) {
            list.push(hook);
        }
    }
}

/// Calls each of the functions. A panic must not cross into the C library, and nobody is left to be told.
#[cfg(unix)]
fn call_all(list: impl FnOnce(&Hooks) -> &Vec<fn()>) {
    let hooks = list(&HOOKS.lock()).clone();
    for hook in hooks {
        let _ = std::panic::catch_unwind(hook);
    }
}

#[cfg(unix)]
mod system {
    use super::{GENERATION, Ordering, call_all};
    use crate::fork_gate;

    extern "C" fn at_exit() {
        call_all(|hooks| &hooks.at_exit);
    }

    extern "C" fn before_fork() {
        fork_gate::close();
        call_all(|hooks| &hooks.before_fork);
    }

    extern "C" fn in_parent() {
        fork_gate::open_in_parent();
    }

    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
        fork_gate::open_in_child();
    }

    pub(super) fn install() {
        #[expect(
            unsafe_code,
            reason = "nothing safe tells of the end of a process, or of forks"
        )]
        // SAFETY: both take functions that live as long as the program, as these do, and call them without arguments. None of
        // them unwinds: what they call is caught.
        unsafe {
            libc::atexit(at_exit);
            libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child));
        }
    }
}

#[cfg(not(unix))]
mod system {
    /// Elsewhere [`shutdown`](crate::shutdown) is the application's to call.
    pub(super) fn install() {}
}
