//! Levels of the services, changed by requests.

use axum::extract::Path;
use axum::http::StatusCode;
use logtree::{Level, get_logger};

const SERVICES: [&str; 2] = ["web_service.orders", "web_service.payments"];

/// Sets the level of a service; `NOTSET` has it inherit again.
pub(crate) async fn change(Path(name): Path<String>, level: String) -> StatusCode {
    if !SERVICES.contains(&&*name) {
        return StatusCode::NOT_FOUND;
    }
    let Ok(level) = level.parse::<Level>() else {
        return StatusCode::BAD_REQUEST;
    };
    tracing::info!(name, %level, "level changed");
    // It returns once the level holds on all threads, which takes a moment.
    let set = tokio::task::spawn_blocking(move || get_logger(&name).set_level(level));
    match set.await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
