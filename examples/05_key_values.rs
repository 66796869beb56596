//! Key-values: on the call, on an adapter, in the text, and as JSON.

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

    // Every record of this request carries its number.
    let request = get_logger("app.web").with("request", "r-17");
    let user = "ann";
    logtree::info!(request, user, size = 1024, ratio = 0.5; "uploaded");

    // What the template does not name is appended; nothing vanishes, whatever it is called.
    logtree::info!(request, message = "a key with the name of a field", path = "two words"; "kept");

    // No value can forge a second record.
    logtree::warn!(request, agent = "curl\nERROR [r-0] forged"; "odd header\nERROR [r-0] forged");

    // A field that a record lacks is shown as `-`, and reported once on standard error. The JSON has no such need.
    logtree::error!(get_logger("app.web"), "no request here");
    Ok(())
}
