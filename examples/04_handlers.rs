//! Several handlers, each with its own level, filters and format: ordinary records, severe ones,
//! and details that are kept in memory until something fails.

use logtree::filter::LevelRange;
use logtree::formatter::TemplateStyle;
use logtree::handler::{MemoryHandler, StreamHandler};
use logtree::{Formatter, Level, Record, get_logger};

fn main() -> Result<(), logtree::Error> {
    let ordinary = StreamHandler::stdout()
        .with_level(Level::INFO)
        .with_filter(LevelRange::at_most(Level::INFO))
        .with_formatter(Formatter::new("%(levelname)-8s %(message)s")?);

    let severe = Formatter::builder()
        .style(TemplateStyle::Brace)
        .format("{levelname:>8} in {name}: {message}")
        .build()?;
    let severe = StreamHandler::stdout()
        .with_level(Level::WARNING)
        .with_formatter(severe);

    // Keeps up to 100 records; an ERROR writes those of them that are DEBUG or below.
    let details = StreamHandler::stdout().with_formatter(Formatter::new("  detail: %(message)s")?);
    details.add_filter(|record: &mut Record<'_>| record.level() <= Level::DEBUG);
    let details = MemoryHandler::new(100).with_target(details);

    let app = get_logger("app");
    app.set_level(Level::DEBUG);
    app.add_handler(ordinary);
    app.add_handler(severe);
    app.add_handler(details);

    let db = get_logger("app.db");
    logtree::info!(db, "connected");
    logtree::debug!(db, "select 1");
    logtree::debug!(db, "select 2");
    logtree::warn!(db, "slow query");
    if let Err(error) = "12x".parse::<u32>() {
        logtree::error!(db, error:err; "cannot read the answer");
    }
    Ok(())
}
