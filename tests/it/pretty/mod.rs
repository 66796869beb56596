//! The format for people who develop.

mod choices;
mod golden;
mod lines;
mod set_up;
