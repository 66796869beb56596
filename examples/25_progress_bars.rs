//! Progress bars of indicatif at the bottom of a terminal, with records above them. Where standard
//! error is no terminal, there are records only.

use std::thread;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar};
use logtree::handler::{QueueHandler, StreamHandler};
use logtree::{Formatter, Level, Registry};

fn main() -> Result<(), logtree::Error> {
    let bars = MultiProgress::new();
    let stream = StreamHandler::stderr().around({
        let bars = bars.clone();
        move |write| bars.suspend(write)
    });
    stream.set_formatter(Formatter::new("%(levelname)s %(name)s %(message)s")?);

    // The queue is for what is logged while the program itself has the bars suspended.
    let root = Registry::global().root();
    root.set_level(Level::INFO);
    root.add_handler(QueueHandler::new([stream]));

    let copies = logtree::get_logger("copy");
    let bar = bars.add(ProgressBar::new(6));
    for number in 1..=6 {
        thread::sleep(Duration::from_millis(50));
        if number % 3 == 0 {
            logtree::warn!(copies, "file {number} is there already");
        }
        bar.inc(1);
    }
    bars.suspend(|| {
        // Here a program would ask something.
        logtree::info!(copies, "all files are there");
    });
    bar.finish();
    logtree::shutdown();
    Ok(())
}
