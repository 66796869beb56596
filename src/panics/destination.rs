//! Where panics go: [`Destination`].

use crate::logger::logger::Logger;
use crate::panics::module_name::module_name;

#[derive(Clone, Debug)]
pub(super) struct Destination {
    pub(super) logger: Logger,
    /// The name of the program, where the logger is that of the module.
    pub(super) program: Option<Box<str>>,
    /// Whether the hook before is not called.
    pub(super) is_silent: bool,
}

impl Destination {
    /// Returns the logger for a panic in a file.
    pub(super) fn logger_of(&self, file: &str) -> Logger {
        match &self.program {
            None => self.logger.clone(),
            Some(program) => {
                let registry = self.logger.registry();
                registry.get_logger(module_name(file, program))
            }
        }
    }
}
