//! What a library does: it logs, and leaves it to the application what is shown.

use logtree::handler::StreamHandler;
use logtree::{Level, get_logger};

mod storage {
    use logtree::get_logger;
    use logtree::handler::NullHandler;

    /// Once, when the library is first used: without it, warnings of a library without a set-up go to standard error.
    pub(crate) fn init() {
        get_logger("storage").add_handler(NullHandler::new());
    }

    pub(crate) fn open(path: &str) {
        let logger = get_logger("storage.file");
        logtree::info!(logger, path = path; "opening");
        if path.is_empty() {
            logtree::warn!(logger, "an empty path is the working directory");
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
