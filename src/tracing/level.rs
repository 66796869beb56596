//! Levels of `tracing` and of the tree.

use tracing_core::LevelFilter;

use crate::level::Level;

pub(super) fn level_of(level: tracing_core::Level) -> Level {
    match level {
        tracing_core::Level::ERROR => Level::ERROR,
        tracing_core::Level::WARN => Level::WARNING,
        tracing_core::Level::INFO => Level::INFO,
        tracing_core::Level::DEBUG => Level::DEBUG,
        tracing_core::Level::TRACE => Level::TRACE,
    }
}

/// The filter that lets at least everything pass that a gate does.
pub(super) fn filter_of(gate: Level) -> LevelFilter {
    let levels = [
        tracing_core::Level::TRACE,
        tracing_core::Level::DEBUG,
        tracing_core::Level::INFO,
        tracing_core::Level::WARN,
        tracing_core::Level::ERROR,
    ];
    let passes = |level: &tracing_core::Level| level_of(*level).passes(gate.number());
    let lowest = levels.into_iter().find(passes);
    lowest.map_or(LevelFilter::OFF, LevelFilter::from_level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_passes_what_the_gate_does() {
        for (gate, filter) in [
            (1, LevelFilter::TRACE),
            (5, LevelFilter::TRACE),
            (6, LevelFilter::DEBUG),
            (10, LevelFilter::DEBUG),
            (11, LevelFilter::INFO),
            (30, LevelFilter::WARN),
            (40, LevelFilter::ERROR),
            (41, LevelFilter::OFF),
        ] {
            assert_eq!(filter_of(Level::new(gate)), filter, "{gate}");
        }
        assert_eq!(filter_of(Level::OFF), LevelFilter::OFF);
    }
}
