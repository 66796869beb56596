//! Logging in a library: the library logs, and the application decides what is shown.

use logtree::handler::StreamHandler;
use logtree::{Level, get_logger};

mod storage {
    use logtree::handler::NullHandler;
    use logtree::{StaticLogger, get_logger, logger};

    static LOG: StaticLogger = logger!("storage.file");

    /// Adds a `NullHandler`, once. Without it, warnings go to standard error until the application
    /// configures logging.
    pub(crate) fn init() {
        get_logger("storage").add_handler(NullHandler::new());
    }

    pub(crate) fn open(path: &str) {
        logtree::info!(LOG, path = path; "opening");
        if path.is_empty() {
            logtree::warn!(LOG, "an empty path is the working directory");
        }
    }
}

fn main() {
    storage::init();
    println!("nothing is set up:");
    storage::open("");

    println!("the application asks for it:");
    let application = StreamHandler::stdout();
    get_logger("").add_handler(application);
    get_logger("storage").set_level(Level::INFO);
    storage::open("");

    println!("it has had enough:");
    get_logger("storage").set_level(Level::OFF);
    storage::open("");
}
