//! A call of a macro in the program: [`Site`].

use std::cell::RefCell;

use crate::record::source::Source;
use crate::record::split_message::Template;
use crate::sys::sync::{AtomicU32, Mutex, Ordering};

/// A call of a macro in the program, in a static: what is known of its records beforehand.
///
/// A record that is kept as bytes refers to it by a number, which is assigned when it is first
/// asked for, and never given back: there are as many as the program has calls.
#[derive(Debug)]
pub struct Site {
    source: Source<'static>,
    /// That of the message, where the macro took it apart.
    template: Option<&'static Template>,
    /// One more than its place among the sites; 0 until it is asked for.
    number: AtomicU32,
}

static SITES: Mutex<Vec<&'static Site>> = Mutex::new(Vec::new());

thread_local! {
    /// The first of them, as far as the thread has asked: a queue's thread, which asks for each
    /// record, locks nothing.
    static KNOWN: RefCell<Vec<&'static Site>> = const { RefCell::new(Vec::new()) };
}

impl Site {
    /// Returns a site that has no number yet.
    #[must_use]
    pub const fn new(source: Source<'static>, template: Option<&'static Template>) -> Self {
        Self {
            source,
            template,
            number: AtomicU32::new(0),
        }
    }

    #[inline]
    pub(crate) fn source(&self) -> &Source<'static> {
        &self.source
    }

    #[inline]
    pub(crate) fn template(&self) -> Option<&'static Template> {
        self.template
    }

    /// Returns the number of the site, which is not 0.
    #[inline]
    pub(crate) fn number(&'static self) -> u32 {
        // Relaxed: the site itself is found under the lock.
        match self.number.load(Ordering::Relaxed) {
            0 => self.register(),
            number => number,
        }
    }

    #[cold]
    fn register(&'static self) -> u32 {
        let mut sites = SITES.lock();
        // Another thread may have been first.
        let mut number = self.number.load(Ordering::Relaxed);
        if number == 0 {
            sites.push(self);
            number = u32::try_from(sites.len()).unwrap_or(u32::MAX);
            self.number.store(number, Ordering::Relaxed);
        }
        drop(sites);
        number
    }

    /// Returns the site with a number.
    pub(crate) fn of_number(number: u32) -> Option<&'static Self> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        let known = KNOWN.try_with(|known| {
            let mut known = known.try_borrow_mut().ok()?;
            let count = known.len();
            if at >= count {
                known.extend_from_slice(SITES.lock().get(count..)?);
            }
            known.get(at).copied()
        });
        // At the end of a thread, there may be none any more; and it may be in use.
        let known = known.ok().flatten();
        known.or_else(|| SITES.lock().get(at).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_found_by_its_number() {
        static SITES: [Site; 2] = [
            Site::new(Source::of_call_site("", "", 1, || ""), None),
            Site::new(Source::of_call_site("", "", 2, || ""), None),
        ];
        let numbers = SITES.each_ref().map(Site::number);
        assert_ne!(numbers[0], numbers[1]);
        for (site, number) in SITES.iter().zip(numbers) {
            assert_eq!(site.number(), number);
            assert!(std::ptr::eq(Site::of_number(number).unwrap(), site));
        }
        assert!(Site::of_number(0).is_none());
        assert!(Site::of_number(u32::MAX).is_none());
        // One that is numbered after the thread has asked.
        static LATER: Site = Site::new(Source::of_call_site("", "", 3, || ""), None);
        assert!(std::ptr::eq(
            Site::of_number(LATER.number()).unwrap(),
            &LATER
        ));
    }
}
