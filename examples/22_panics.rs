//! Panics as records, with what the thread's scope has; and the error that ends the program.

use std::error::Error;
use std::process::ExitCode;
use std::thread;

use logtree::panics::PanicLogger;
use logtree::{Level, Scope, logger, set_stream_logger, setup};

static LOG: logtree::StaticLogger = logger!("pool");

fn main() -> ExitCode {
    set_stream_logger("", Level::INFO);
    // `log_panics()` has what the hook before prints as well, and lasts as long as the process.
    let guard = PanicLogger::new().silent().install();

    let code = setup::main(run);
    drop(guard);
    code
}

fn run() -> Result<(), Box<dyn Error>> {
    let worker = thread::Builder::new().name("worker".to_owned());
    let jobs = worker.spawn(|| {
        for job in 1..=3 {
            let _scope = Scope::new().with("job", job).enter();
            let _ = std::panic::catch_unwind(|| work(job));
        }
    });
    jobs?.join().map_err(|_| "a panic left its job")?;
    let port: u16 = "65536".parse()?;
    logtree::info!(LOG, port; "listens");
    Ok(())
}

fn work(job: u32) {
    let left = 2_u32.checked_sub(job).expect("no work left");
    logtree::info!(LOG, left; "done");
}
