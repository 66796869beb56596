//! Another service of the program. Its logger is `web_service.payments`.

use axum::extract::Path;
use axum::http::StatusCode;

#[derive(Debug)]
struct NotPaid;

pub(crate) async fn show(Path(order): Path<u32>) -> Result<String, StatusCode> {
    let amount = amount(order).map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(format!("{amount}\n"))
}

// The error is the client's: without a level, it would be logged as ERROR.
#[tracing::instrument(err(level = "warn", Debug))]
fn amount(order: u32) -> Result<u32, NotPaid> {
    tracing::debug!("asks the bank");
    if order % 2 == 1 {
        return Err(NotPaid);
    }
    Ok(order * 10)
}
