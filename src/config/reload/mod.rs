//! A configuration file that is followed (feature `reload`).

mod builder;
mod follower;
mod reloader;
mod stamp;

pub use self::builder::ReloaderBuilder;
pub use self::reloader::Reloader;
