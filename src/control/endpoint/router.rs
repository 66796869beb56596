//! From a path to its dialect: [`respond`].

use http::StatusCode;
use http::request::Parts;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::{Request, is_read};
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::{aws_iot, console, envoy, native, spring, tail, zap};

/// Whether a request is for a file of the console, which has no secrets.
pub(super) fn is_page(head: &Parts) -> bool {
    is_read(&head.method) && console::respond(head.uri.path()).is_some()
}

/// Whether a request waits for the store of a fleet.
pub(super) fn is_slow(request: &Request) -> bool {
    let segments = request.segments().unwrap_or_default();
    matches!(&*segments, [version, fleet, ..] if version == "v1" && fleet == "fleet")
}

/// Returns the response of the dialect that the path belongs to.
pub(super) fn respond(access: &Access, request: &Request, has_console: bool) -> Response {
    if has_console && is_page(&request.head) {
        if let Some(page) = console::respond(request.head.uri.path()) {
            return page;
        }
    }
    let dialects = [
        tail::respond,
        native::respond,
        spring::respond,
        zap::respond,
        envoy::respond,
        aws_iot::respond,
    ];
    let response = dialects.iter().find_map(|respond| respond(access, request));
    response.unwrap_or_else(|| response::message(StatusCode::NOT_FOUND, "unknown path"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::control::control::Control;
    use crate::registry::Registry;

    /// Pieces of paths, queries and bodies, in which dialects find what they look for.
    fn piece() -> impl Strategy<Value = String> {
        let known = prop::sample::select(vec![
            "v1",
            "levels",
            "loggers",
            "groups",
            "audit",
            "fleet",
            "undo",
            "options",
            "status",
            "level",
            "logging",
            "actuator",
            "health",
            "v2LoggingLevel",
            "v2LoggingOptions",
            "LOGGER",
            "ROOT",
            "a.b",
            "%2F",
            "%ff",
            "%",
            "..",
            "",
            "+",
            "?",
            "&",
            "=",
            "null",
            "true",
        ]);
        prop_oneof![known.prop_map(str::to_owned), "[ -~]{0,8}", "\\PC{0,3}"]
    }

    fn query() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            "prefix",
            "q",
            "configured",
            "type",
            "page",
            "size",
            "after",
            "level",
            "paths",
            "targetType",
            "targetName",
            "maxResults",
            "nextToken",
            "verbose",
        ]);
        let pair = (key, piece()).prop_map(|(key, value)| format!("{key}={value}"));
        prop::collection::vec(prop_oneof![pair, piece()], 0..4).prop_map(|all| all.join("&"))
    }

    fn body() -> impl Strategy<Value = Vec<u8>> {
        let key = prop::sample::select(vec![
            "changes",
            "target",
            "type",
            "level",
            "for",
            "members",
            "revision",
            "disableAll",
            "configuredLevel",
            "defaultLogLevel",
            "logTarget",
            "logLevel",
            "targetType",
            "targetName",
            "disableAllLogs",
            "eventConfigurations",
        ]);
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            piece().prop_map(Into::into),
        ];
        let tree = leaf.prop_recursive(3, 16, 4, move |inner| {
            let map = prop::collection::vec((key.clone(), inner.clone()), 0..4);
            let map = map.prop_map(|pairs| {
                let pairs = pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                serde_json::Value::Object(pairs.collect())
            });
            prop_oneof![prop::collection::vec(inner, 0..3).prop_map(Into::into), map,]
        });
        prop_oneof![
            4 => tree.prop_map(|value| value.to_string().into_bytes()),
            1 => prop::collection::vec(any::<u8>(), 0..40),
        ]
    }

    proptest! {
        /// Whatever arrives has a response, and what is refused has changed nothing.
        #[test]
        fn every_request_has_a_response(
            method in prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE"]),
            path in prop::collection::vec(piece(), 0..5),
            query in query(),
            body in body(),
            media_type in prop::sample::select(vec!["application/json", "text/plain", "application/x-www-form-urlencoded"]),
        ) {
            let target = format!("/{}?{query}", path.join("/"));
            let request = http::Request::builder().method(method).uri(target);
            let request = request.header("content-type", media_type).body(());
            prop_assume!(request.is_ok());
            let head = request.unwrap().into_parts().0;
            let request = Request { head, body: body.into() };
            let control = Control::new(&Registry::new());
            let access = Access::new(control.clone(), false);
            let status = respond(&access, &request, false).status();
            prop_assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
            if !status.is_success() {
                prop_assert_eq!(control.revision(), 0);
            }
        }
    }
}
