//! Time zones, and how the local one is asked.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, Offset, TimeZone as _};

use crate::sys::sync::{AtomicI32, Ordering};
use crate::sys::user_code;

/// The zone that times are written in.
///
/// # Python
/// `Formatter.converter`: `time.localtime` or `time.gmtime`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZone {
    /// The zone of the machine, with its summer time. The default.
    #[default]
    Local,
    /// Universal time.
    Utc,
    /// A fixed number of seconds east of UTC; beyond a day it counts as UTC.
    Fixed(i32),
}

impl TimeZone {
    /// The second of an instant as a calendar time; `None` for years that a calendar cannot write.
    pub(crate) fn at(self, second: i64) -> Option<DateTime<FixedOffset>> {
        let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
        let east = match self {
            Self::Local => local_offset(&utc),
            Self::Utc => 0,
            Self::Fixed(east) => east,
        };
        let offset = FixedOffset::east_opt(east).unwrap_or_else(|| Offset::fix(&chrono::Utc));
        Some(offset.from_utc_datetime(&utc))
    }
}

/// The offset that was last found, for threads that are too far gone to ask.
static LAST_OFFSET: AtomicI32 = AtomicI32::new(0);

/// Alive as long as chrono may be asked on this thread.
///
/// chrono keeps the zone in a thread-local and panics when that is gone: inside a thread-local's destructor, that aborts the
/// process. Locals are destroyed in the reverse order of their making, and this one is made just after chrono's: once
/// it is gone, chrono is not asked any more.
struct MayAsk;

impl MayAsk {
    fn new() -> Self {
        let _ = Local.offset_from_utc_datetime(&NaiveDateTime::default());
        Self
    }
}

impl Drop for MayAsk {
    fn drop(&mut self) {
        // Without a destructor it would never count as gone.
    }
}

thread_local! {
    static MAY_ASK: MayAsk = MayAsk::new();
}

fn local_offset(utc: &NaiveDateTime) -> i32 {
    let ask = || MAY_ASK.try_with(|_| Local.offset_from_utc_datetime(utc).fix().local_minus_utc());
    match user_code::catch(ask) {
        Ok(Ok(offset)) => {
            LAST_OFFSET.store(offset, Ordering::Relaxed);
            offset
        }
        _ => LAST_OFFSET.load(Ordering::Relaxed),
    }
}
