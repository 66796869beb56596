//! Levels changed at run time, as from a console: temporarily, for one client, for a group, and
//! several in one batch.

use std::time::Duration;

use logtree::control::{Change, Control, LevelTarget, Page};
use logtree::{Error, Level, Registry, get_logger, set_stream_logger};

fn main() -> Result<(), Error> {
    set_stream_logger("", Level::INFO);
    let control = Control::new(Registry::global()).with_origin("admin");
    // The hook is called after each change, until the subscription is dropped.
    let subscription = control.on_change(|change| {
        let what = match (&change.target, &change.group) {
            (Some(target), _) => target.to_string(),
            (None, Some(group)) => format!("group {}", group.name),
            (None, None) => "options".to_owned(),
        };
        println!("revision {}: {what} by {}", change.revision, change.origin);
    });

    // More of one service, for ten minutes.
    let ten_minutes = Duration::from_secs(600);
    control.set_level_for(LevelTarget::logger("sqlx"), Level::DEBUG, ten_minutes)?;
    logtree::debug!(get_logger("sqlx.query"), rows = 3; "selected");

    // More of one client, on every logger.
    control.set_level(LevelTarget::client_id("sensor-7"), Level::DEBUG)?;
    let http = get_logger("hyper.client");
    logtree::debug!(http, clientId = "sensor-7"; "connected");
    logtree::debug!(http, clientId = "sensor-8"; "connected, and not shown");

    // One level for several loggers. Then a batch whose last change is refused, so none applies.
    control.set_group("aws", ["boto3", "botocore", "s3transfer"])?;
    control.set_group_level("aws", Level::WARNING)?;
    let changes = [
        Change::Level(LevelTarget::logger("hyper"), Level::TRACE),
        Change::Level(LevelTarget::logger("a..b"), Level::TRACE),
    ];
    println!("refused: {}", control.apply(changes).unwrap_err());
    drop(subscription);

    for one in control.list(None, Page::new(Page::MAX))?.overrides {
        let ends = if one.until.is_some() {
            ", temporary"
        } else {
            ""
        };
        println!("{} = {}{ends}", one.target, one.level);
    }
    for logger in control.loggers() {
        let source = logger.inherited_from.unwrap_or_else(|| "itself".to_owned());
        println!("{} {} from {source}", logger.name, logger.effective);
    }
    Ok(())
}
