//! Time zones: [`TimeZone`], and the offset of the local one.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, Offset, TimeZone as _};

use crate::sys::sync::{AtomicI32, Ordering};
use crate::sys::user_code;

/// The time zone that times are written in.
///
/// # Python
/// `Formatter.converter`: `time.localtime` or `time.gmtime`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZone {
    /// The zone of the machine, including its daylight saving time. The default.
    #[default]
    Local,
    /// Coordinated universal time.
    Utc,
    /// A fixed number of seconds east of UTC; a day or more counts as UTC.
    Fixed(i32),
}

impl TimeZone {
    /// Returns a second since the epoch as a calendar time, `None` for years outside the calendar.
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

/// The offset found last, for threads that can no longer look it up.
static LAST_OFFSET: AtomicI32 = AtomicI32::new(0);

/// Exists as long as chrono may be called on this thread.
///
/// chrono keeps the zone in a thread-local and panics once that is gone, which aborts the process
/// inside the destructor of another thread-local. Thread-locals are destroyed in the reverse order
/// of their creation, and this one is created just after chrono's: once it is gone, chrono is not
/// called any more.
struct MayCall;

impl MayCall {
    fn new() -> Self {
        let _ = Local.offset_from_utc_datetime(&NaiveDateTime::default());
        Self
    }
}

impl Drop for MayCall {
    fn drop(&mut self) {
        // Without a destructor it would never be gone.
    }
}

thread_local! {
    static MAY_CALL: MayCall = MayCall::new();
}

fn local_offset(utc: &NaiveDateTime) -> i32 {
    let look_up =
        || MAY_CALL.try_with(|_| Local.offset_from_utc_datetime(utc).fix().local_minus_utc());
    match user_code::catch(look_up) {
        Ok(Ok(offset)) => {
            LAST_OFFSET.store(offset, Ordering::Relaxed);
            offset
        }
        _ => LAST_OFFSET.load(Ordering::Relaxed),
    }
}
