//! A configuration file that is followed while the program runs. With `--check` at the end, the
//! file is only validated:
//!
//! ```text
//! cargo run --features reload --example 08_configuration -- examples/logging.toml
//! ```

use std::{env, process};

use logtree::config::{DictConfig, Reloader};
use logtree::get_logger;

fn main() {
    let mut arguments = env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| "examples/logging.toml".to_owned());
    if arguments.next().as_deref() == Some("--check") {
        let checked = DictConfig::from_file(&path).and_then(|config| config.check());
        return or_exit(checked);
    }
    // The file is followed until this is dropped.
    let _reloader = or_exit(Reloader::start(&path));

    for name in ["app", "boto3.session", "botocore.client.S3"] {
        let logger = get_logger(name);
        logtree::debug!(logger, "in detail");
        logtree::info!(logger, "on the way");
        logtree::warn!(logger, "worth a look");
    }
    log::error!(target: "urllib3", "the facade's records, too");
}

/// Prints all problems of the file, one per line, and exits.
fn or_exit<T>(result: Result<T, logtree::Error>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(2)
    })
}
