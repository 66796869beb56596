//! Points in time: [`Timestamp`], and the clocks that they come from.

mod clock;
mod manual_clock;
mod system_clock;
mod timestamp;

pub use self::clock::Clock;
pub use self::manual_clock::ManualClock;
pub use self::system_clock::SystemClock;
pub use self::timestamp::Timestamp;

pub(crate) use self::system_clock::now_by;
