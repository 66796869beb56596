//! The macros: what they accept, and what they evaluate.

mod forms;
mod loggers;
mod messages;
mod values;
