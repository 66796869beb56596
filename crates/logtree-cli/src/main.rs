//! The program `logtree`.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    logtree_cli::run(std::env::args_os(), &mut io::stdout(), &mut io::stderr())
}
