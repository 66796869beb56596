//! The variable that serves a registry: [`serve`].

use std::env::VarError;

use crate::registry::Registry;

/// The variable: `unix`, `tcp:PORT` or `off`.
const VARIABLE: &str = "LOGTREE_CONTROL";

/// Serves a registry as the environment asks for. Problems are reported.
pub(super) fn serve(registry: &Registry, variable: impl Fn(&str) -> Result<String, VarError>) {
    let text = match variable(VARIABLE) {
        Ok(text) => text,
        Err(VarError::NotPresent) => return,
        Err(VarError::NotUnicode(_)) => "\u{fffd}".to_owned(),
    };
    let port = text.strip_prefix("tcp:").map(str::parse::<u16>);
    let port = match (text.trim(), port) {
        ("" | "off", _) => return,
        ("unix", _) => None,
        (_, Some(Ok(port))) => Some(port),
        _ => {
            registry.report_problem(&format!(
                "cannot read {VARIABLE}: expected unix, tcp:PORT or off, found {text:?}"
            ));
            return;
        }
    };
    if let Err(why) = start(registry, port) {
        registry.report_problem(&format!("cannot serve as {VARIABLE} says: {why}"));
    }
}

#[cfg(feature = "control")]
fn start(registry: &Registry, port: Option<u16>) -> Result<(), String> {
    use crate::control::{Asker, Endpoint, serve_standing};
    use crate::error::Chain;

    let mut endpoint = Endpoint::new().console(port.is_some());
    if let Some(port) = port {
        endpoint = endpoint.tcp(format!("127.0.0.1:{port}"));
    }
    serve_standing(registry, Asker::Environment, Some(endpoint))
        .map_err(|error| Chain::one_line(&error).to_string())
}

#[cfg(not(feature = "control"))]
fn start(_: &Registry, _: Option<u16>) -> Result<(), String> {
    Err("the program was built without the feature control".to_owned())
}
