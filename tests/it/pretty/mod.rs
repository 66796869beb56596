//! The format for people who develop.

mod golden;
mod lines;
mod set_up;
