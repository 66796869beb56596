//! Files: a plain one, a rotated one, an asynchronous one with a fallback, and details that are
//! written only if something fails.

use std::fs;

use logtree::backlog::Backlog;
use logtree::handler::{FallbackHandler, FileHandler, QueueHandler, RotatingFileHandler};
use logtree::{Formatter, Level, get_logger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::temp_dir().join(format!("logtree-example-{}", std::process::id()));
    let line = || Formatter::new("%(levelname)s %(name)s: %(message)s");

    // Private, unbuffered; directories are created as needed.
    let audit = FileHandler::builder(directory.join("audit.log"))
        .create_dirs(true)
        .open()?
        .with_formatter(line()?);
    get_logger("audit").add_handler(audit);
    logtree::warn!(get_logger("audit"), user = "ann"; "signed in");

    // Rotates before the file would reach 40 bytes, and keeps two backups.
    let rotating = RotatingFileHandler::builder(directory.join("app.log"))
        .max_bytes(40)
        .backup_count(2)
        .open()?
        .with_formatter(line()?);
    let app = get_logger("app");
    app.add_handler(rotating.clone());

    // Writes what the levels hide, if something fails.
    let backlog = Backlog::new(&app, rotating);
    logtree::debug!(app, "connecting");
    logtree::error!(app, "no answer");
    drop(backlog);

    // Logging calls do not wait for the device. If the first device fails, the second takes over.
    let broken = FileHandler::builder("/no/such/directory/a.log")
        .delay(true)
        .open()?;
    let spare = FileHandler::open(directory.join("spare.log"))?;
    let queue = QueueHandler::new([FallbackHandler::new(broken).or(spare)]);
    let jobs = get_logger("jobs");
    jobs.set_level(Level::INFO);
    jobs.add_handler(queue.clone());
    logtree::info!(jobs, "queued");
    // The queue is drained at the end of the program; here the file is read earlier.
    queue.flush()?;

    for name in ["audit.log", "app.log", "app.log.1", "spare.log"] {
        print!("{name}: {}", fs::read_to_string(directory.join(name))?);
    }
    fs::remove_dir_all(directory)?;
    Ok(())
}
