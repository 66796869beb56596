//! Errors sent as mails, one for a burst of them; here to a stub, which this program starts itself.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use logtree::handler::SmtpHandler;
use logtree::{Formatter, Level, get_logger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mailhost = listener.local_addr()?.to_string();
    let receiver = thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"220 ready\r\n")?;
        let mut in_mail = false;
        for line in BufReader::new(stream.try_clone()?).lines() {
            let line = line?;
            let is_end = in_mail && line == ".";
            if in_mail && !is_end {
                let shown = ["Subject", "From", "To", "Content-Type"];
                if !line.contains(": ") || shown.iter().any(|it| line.starts_with(it)) {
                    println!("{line}");
                }
                continue;
            }
            in_mail = line == "DATA";
            let response = match &*line {
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 fine\r\n",
            };
            stream.write_all(response.as_bytes())?;
        }
        Ok(())
    });

    let handler = SmtpHandler::builder(mailhost, "Shop <shop@example.com>")
        .to("ops@example.com, dev@example.com")
        .subject_formatter(Formatter::new("[shop] %(levelname)s")?)
        .digest(Duration::from_secs(60), 1000)
        .level(Level::ERROR)
        .start()?;
    let logger = get_logger("shop");
    logger.set_level(Level::INFO);
    logger.add_handler(handler.clone());

    logtree::info!(logger, "open");
    logtree::error!(logger, article = "tea"; "out of stock");
    logtree::critical!(logger, "on fire\n.");
    logtree::error!(logger, "closed");
    handler.flush()?;
    println!("sent: {}", handler.counters().written());
    handler.close()?;
    receiver.join().map_err(|_| "the receiver panicked")??;
    Ok(())
}
