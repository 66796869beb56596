//! Key-values: on a call, on an adapter, in text output, and as JSON.

use logtree::formatter::{JsonFormatter, JsonTime};
use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, get_logger};

fn main() -> Result<(), logtree::Error> {
    let text = StreamHandler::stdout()
        .with_formatter(Formatter::new("%(levelname)s [%(request)s] %(message)s")?);
    let json = JsonFormatter::builder().time(JsonTime::Omitted).build();
    let json = StreamHandler::stdout().with_formatter(json);
    let app = get_logger("app");
    app.set_level(Level::INFO);
    app.add_handler(text);
    app.add_handler(json);

    // Every record logged through this adapter carries the request's number.
    let request = get_logger("app.web").with("request", "r-17");
    let user = "ann";
    logtree::info!(request, user, size = 1024, ratio = 0.5; "uploaded");

    // Key-values that the template does not name are appended, whatever their names.
    logtree::info!(request, message = "a key with the name of a field", path = "two words"; "kept");

    // Neither a message nor a value can forge a second record.
    logtree::warn!(request, agent = "curl\nERROR [r-0] forged"; "odd header\nERROR [r-0] forged");

    // A field that the record lacks is written as `-`, and reported once on standard error. JSON
    // omits it.
    logtree::error!(get_logger("app.web"), "no request here");
    Ok(())
}
