//! Levels from an environment variable, then from the command line:
//!
//! ```text
//! LOGTREE=warn,boto3=debug \
//!     cargo run --example 07_environment -- -v --log botocore.client.S3=info
//! ```

use std::{env, process};

use logtree::{Verbosity, get_logger, init_from_env_or};

fn main() {
    // The levels that apply if neither LOGTREE nor RUST_LOG is set.
    init_from_env_or("warn,boto3=info");

    let mut arguments: Vec<String> = env::args().skip(1).collect();
    match Verbosity::take_from(&mut arguments) {
        Ok(verbosity) => verbosity.apply(),
        Err(problem) => {
            eprintln!("{problem}");
            process::exit(2);
        }
    }

    for name in ["app", "boto3.session", "botocore.client.S3"] {
        let logger = get_logger(name);
        logtree::debug!(logger, "in detail");
        logtree::info!(logger, "on the way");
        logtree::warn!(logger, "worth a look");
    }
}
