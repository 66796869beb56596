//! Lines for people who develop: pretty on a terminal, lines of text in a pipe or a file. The
//! variable `LOGTREE_FORMAT` chooses for both: `pretty`, `text`, `json`, `ecs`, ….

use std::{error, fmt, io};

use logtree::get_logger;

fn main() {
    logtree::init_pretty();

    let s3 = get_logger("botocore.client.S3");
    logtree::info!(s3, bucket = "photos", size = 3; "put object");

    let db = get_logger("app.db");
    let query = "SELECT *\nFROM t\nWHERE a = 1";
    let error = QueryError(io::Error::other("broken pipe (os error 32)"));
    logtree::error!(db, rows = 0, query, error:err; "query failed");
    logtree::warn!(db, pool = 4, host = "eu-central-1.example.org"; "the pool is nearly empty");
    logtree::critical!(db, err = "no space left"; "disk full");

    // Other crates log by the facade.
    log::info!(target: "hyper::client", "connected to 日本.example");
}

#[derive(Debug)]
struct QueryError(io::Error);

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection reset")
    }
}

impl error::Error for QueryError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.0)
    }
}
