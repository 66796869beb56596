//! The methods with the names of the levels, which loggers and adapters share.

/// `trace` to `critical`, each by the type's own `log`.
macro_rules! level_methods {
    ($type:ty: $($method:ident $level:ident)+) => {
        impl $type {
            $(
                #[doc = concat!("Logs at `", stringify!($level), "`.")]
                #[track_caller]
                pub fn $method(&self, message: impl std::fmt::Display) {
                    self.log(crate::level::Level::$level, message);
                }
            )+
        }
    };
    ($type:ty) => {
        level_methods! {
            $type: trace TRACE debug DEBUG info INFO warning WARNING error ERROR critical CRITICAL
        }
    };
}
pub(crate) use level_methods;
