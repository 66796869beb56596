//! `logtree off` and `logtree on`.

use serde_json::json;

use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;
use crate::verb::change;

/// Disables all logging, or enables it again.
pub(crate) fn switch(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    disable: bool,
) -> Result<Exit, Failure> {
    let request = Request::new("PATCH", "/v1/options").body(json!({"disableAll": disable}));
    let what = if disable { "off" } else { "on" };
    let replies = fleet.ask(|process| change::make(process, request.clone(), None, what));
    change::show(screen, replies)
}
