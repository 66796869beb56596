//! The thread of a record, determined on use: [`ThreadInfo`].

use std::borrow::Cow;
use std::cell::OnceCell;
use std::thread;

use crate::record::sending_mark::SendingMark;

/// The thread of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ThreadInfo<'a> {
    /// The thread that logs.
    Current,
    Given {
        id: u64,
        name: Option<&'a str>,
        mark: SendingMark,
    },
}

/// What is known of a thread.
#[derive(Clone, Debug)]
pub(crate) struct KnownThread {
    id: u64,
    name: Option<Box<str>>,
}

thread_local! {
    static KNOWN: OnceCell<KnownThread> = const { OnceCell::new() };
}

impl KnownThread {
    fn of_current() -> Self {
        let thread = thread::current();
        // std does not return the number, but prints it: `ThreadId(7)`.
        let id = format!("{:?}", thread.id());
        let digits = id.trim_matches(|c: char| !c.is_ascii_digit());
        Self {
            id: digits.parse().unwrap_or(0),
            name: thread.name().map(Box::from),
        }
    }

    /// Returns `None` late in the end of a thread, when its thread-locals are gone;
    /// `thread::current` may not be called then either.
    fn with<R>(read: impl FnOnce(&Self) -> R) -> Option<R> {
        KNOWN
            .try_with(|known| read(known.get_or_init(Self::of_current)))
            .ok()
    }

    /// Returns the calling thread, unless it is late in its end.
    pub(crate) fn current() -> Option<Self> {
        Self::with(Self::clone)
    }
}

impl<'a> ThreadInfo<'a> {
    /// Lends a thread that is known; one that is not has the number 0.
    pub(crate) fn of(known: Option<&'a KnownThread>, mark: SendingMark) -> Self {
        Self::Given {
            id: known.map_or(0, |known| known.id),
            name: known.and_then(|known| known.name.as_deref()),
            mark,
        }
    }

    pub(crate) fn id(&self) -> u64 {
        match self {
            Self::Current => KnownThread::with(|known| known.id).unwrap_or(0),
            Self::Given { id, .. } => *id,
        }
    }

    pub(crate) fn mark(&self) -> SendingMark {
        match self {
            Self::Current => SendingMark::current(),
            Self::Given { mark, .. } => *mark,
        }
    }

    pub(crate) fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Current => KnownThread::with(|known| {
                known
                    .name
                    .as_deref()
                    .map(|name| Cow::Owned(name.to_owned()))
            })?,
            Self::Given { name, .. } => name.map(Cow::Borrowed),
        }
    }

    /// Lends the name, without an allocation.
    pub(crate) fn with_name(&self, read: impl FnOnce(Option<&str>)) {
        match self {
            Self::Given { name, .. } => read(*name),
            Self::Current => {
                // Late in the end of a thread it is no longer known, and left out.
                let _ = KnownThread::with(|known| read(known.name.as_deref()));
            }
        }
    }

    /// Writes the name, or `Thread-7` for a thread without one, without an allocation.
    pub(crate) fn with_display_name(&self, write: &mut dyn FnMut(&str)) {
        let mut number = |id: u64| {
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(id);
            let mut text = [0; 27];
            text[..7].copy_from_slice(b"Thread-");
            text[7..7 + digits.len()].copy_from_slice(digits.as_bytes());
            write(std::str::from_utf8(&text[..7 + digits.len()]).unwrap_or_default());
        };
        match self {
            Self::Given {
                name: Some(name), ..
            } => write(name),
            Self::Given { id, name: None, .. } => number(*id),
            Self::Current => {
                let known = KnownThread::with(|known| match &known.name {
                    Some(name) => write(name),
                    None => {
                        let mut digits = itoa::Buffer::new();
                        let digits = digits.format(known.id);
                        write("Thread-");
                        write(digits);
                    }
                });
                if known.is_none() {
                    write("Thread-0");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display_name() -> String {
        let mut text = String::new();
        ThreadInfo::Current.with_display_name(&mut |part| text.push_str(part));
        text
    }

    #[test]
    fn named_and_nameless_threads() {
        let named = thread::Builder::new()
            .name("worker".to_owned())
            .spawn(display_name)
            .unwrap();
        assert_eq!(named.join().unwrap(), "worker");
        let nameless = thread::spawn(|| (ThreadInfo::Current.id(), display_name()))
            .join()
            .unwrap();
        assert!(nameless.0 > 1);
        assert_eq!(nameless.1, format!("Thread-{}", nameless.0));
    }
}
