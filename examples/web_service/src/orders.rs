//! One service of the program. Its logger is `web_service.orders`.

use axum::extract::Path;

pub(crate) async fn show(Path(number): Path<u32>) -> String {
    tracing::debug!(number, "looks the order up");
    tracing::info!(number, "order shown");
    format!("order {number}\n")
}
