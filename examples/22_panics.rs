//! Panics as records: of a thread, with what its scope has, and of a job whose pool goes on.

use std::thread;

use logtree::panics::PanicLogger;
use logtree::{Level, Scope, logger, set_stream_logger};

static LOG: logtree::StaticLogger = logger!("pool");

fn main() {
    set_stream_logger("", Level::INFO);
    // `log_panics()` has what the hook before prints as well, and lasts as long as the process.
    let guard = PanicLogger::new().silent().install();

    let worker = thread::Builder::new().name("worker".to_owned());
    let jobs = worker.spawn(|| {
        for job in 1..=3 {
            let _scope = Scope::new().with("job", job).enter();
            let _ = std::panic::catch_unwind(|| work(job));
        }
    });
    jobs.expect("there are threads")
        .join()
        .expect("panics end in their job");
    drop(guard);
}

fn work(job: u32) {
    let left = 2_u32.checked_sub(job).expect("no work left");
    logtree::info!(LOG, left; "done");
}
