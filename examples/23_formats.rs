//! One record as several systems read it: logfmt, ECS (Elastic), Google Cloud, Datadog, and JSON
//! with members of one's own choice.

use logtree::formatter::{Format, JsonFormatter, JsonTime, LogfmtFormatter};
use logtree::handler::StreamHandler;
use logtree::{Level, get_logger};

fn main() {
    let logger = get_logger("shop.orders");
    logger.set_level(Level::INFO);
    // Without times, and what else differs between two runs.
    let show = |format: Box<dyn Format>| {
        logger.add_handler(StreamHandler::stdout().with_formatter(format));
    };
    show(Box::new(
        LogfmtFormatter::new().with_time(JsonTime::Omitted),
    ));
    let ecs = JsonFormatter::builder().ecs().service("shop");
    let ecs = ecs.source(false).thread(false).process(false);
    show(Box::new(ecs.time(JsonTime::Omitted).build()));
    let gcp = JsonFormatter::builder().gcp("my-project");
    let gcp = gcp.members(["level", "message", "logging.googleapis.com/trace"]);
    show(Box::new(gcp.build()));
    let datadog = JsonFormatter::builder().datadog().service("shop");
    show(Box::new(datadog.time(JsonTime::Omitted).build()));
    let chosen = JsonFormatter::builder()
        .members(["level", "message", "user"])
        .name("message", "msg")
        .constant("env", "test");
    show(Box::new(chosen.build()));

    logtree::info!(logger, user = "ann", trace_id = "4bf92f35", rows = 3; "order placed");
}
