//! The journal of systemd in its own protocol. Instead of the journal, this program shows the
//! fields that the journal gets: `cargo run --example 13_journald --features journald`.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::os::unix::net::UnixDatagram;

    use logtree::get_logger;
    use logtree::handler::JournaldHandler;

    let path = std::env::temp_dir().join(format!("logtree-journal-{}", std::process::id()));
    let journal = UnixDatagram::bind(&path)?;

    // In a service, `JournaldHandler::new()` is all.
    let handler = JournaldHandler::builder().socket(&path).identifier("shop");
    let handler = handler.start()?;
    let logger = get_logger("shop.orders");
    logger.add_handler(handler.clone());
    logtree::warn!(logger, order = 17, user = "ann"; "payment is slow");
    handler.flush()?;

    let mut entry = [0; 4096];
    let length = journal.recv(&mut entry)?;
    print!("{}", String::from_utf8_lossy(&entry[..length]));
    std::fs::remove_file(&path)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("the journal of systemd exists on Linux only");
}
