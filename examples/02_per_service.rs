//! Verbosity per service: the whole SDK at INFO, S3 at DEBUG, one noisy part at WARNING; and a change while running.

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

    // Something is wrong with S3: more of it, and of nothing else, from now on.
    s3.set_level(Level::DEBUG);
    logtree::debug!(s3, bucket = "photos"; "head bucket");
    logtree::debug!(sqs, "hidden as before");

    // What is set where.
    print!("{}", Registry::global().dump());
}
