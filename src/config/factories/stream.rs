//! Streams.

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::formatter::ColorChoice;
use crate::handler::{Handler, StreamHandler};
use crate::registry::Registry;
use crate::text::near::suggest;

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.StreamHandler", "stream"], |arguments| {
        arguments.by_place(&["stream"]);
        let open = stream(arguments);
        let color: ColorChoice = arguments.optional("color").unwrap_or_default();
        let terminator: Option<String> = arguments.attribute("terminator");
        move || {
            let handler = open().with_color(color);
            Ok(match terminator {
                Some(terminator) => handler.with_terminator(terminator).into(),
                None => handler.into(),
            })
        }
    });
}

type Open = Box<dyn FnOnce() -> StreamHandler>;

fn stderr(registry: &Registry) -> Open {
    let registry = registry.clone();
    Box::new(move || registry.stderr_handler())
}

/// Returns the stream that the argument names; standard error without one.
fn stream(arguments: &mut Arguments<'_>) -> Open {
    let Some(text) = arguments.optional::<String>("stream") else {
        return stderr(arguments.registry());
    };
    let name = text.strip_prefix("ext://").unwrap_or(&text);
    let streams = &arguments.context().streams;
    if let Some(open) = streams.get(name) {
        return Box::new(move || StreamHandler::new(open()));
    }
    match name {
        "sys.stderr" | "stderr" => stderr(arguments.registry()),
        "sys.stdout" | "stdout" => Box::new(StreamHandler::stdout),
        _ => {
            let known = ["ext://sys.stderr", "ext://sys.stdout"].into_iter();
            let known = known.chain(streams.names());
            let near = suggest(&text, known).map(|near| format!("; did you mean {near:?}?"));
            let message = format!("unknown stream {text:?}{}", near.unwrap_or_default());
            arguments.problem("stream", message);
            Box::new(StreamHandler::stderr)
        }
    }
}
