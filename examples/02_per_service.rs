//! Verbosity per service: the SDK at INFO, one noisy module at WARNING, and S3 changed to DEBUG at
//! run time.

use logtree::{Level, Registry, get_logger, set_stream_logger};

fn main() {
    set_stream_logger("botocore", Level::INFO);
    get_logger("botocore.hooks").set_level(Level::WARNING);

    let s3 = get_logger("botocore.client.S3");
    let (sqs, hooks) = (
        get_logger("botocore.client.SQS"),
        get_logger("botocore.hooks"),
    );
    logtree::debug!(s3, "hidden as yet");
    logtree::info!(sqs, "shown");
    logtree::info!(hooks, "hidden: the part has its own level");

    // To investigate S3, raise the verbosity of S3 only.
    s3.set_level(Level::DEBUG);
    logtree::debug!(s3, bucket = "photos"; "head bucket");
    logtree::debug!(sqs, "hidden as before");

    // Print the tree with its levels and handlers.
    print!("{}", Registry::global().dump());
}
