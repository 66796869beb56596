//! The formatters for people who develop.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::Node;
use crate::config::read_context::ReadContext;
use crate::formatter::{AutoFormatter, Color, Format, NAMES, PrettyFormatter, TextStyle};
use crate::sys::sync::Arc;

pub(super) fn add(table: &mut Table<Arc<dyn Format>>) {
    table.add(&["logtree.PrettyFormatter", "pretty"], |arguments| {
        let formatter = pretty(arguments);
        move || Ok(Arc::new(formatter) as Arc<dyn Format>)
    });
    table.add(&["logtree.AutoFormatter", "auto"], |arguments| {
        let auto: AutoFormatter = arguments.optional("elsewhere").unwrap_or_default();
        let auto = auto.pretty(pretty(arguments));
        let registry = arguments.registry().clone();
        move || {
            // A problem of the environment does not make the document invalid.
            let formatter = auto.clone().or_by_env().unwrap_or_else(|error| {
                registry.report_problem(&error.to_string());
                auto
            });
            Ok(Arc::new(formatter) as Arc<dyn Format>)
        }
    });
}

#[expect(private_interfaces, reason = "how values are read is sealed")]
impl Read for AutoFormatter {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let name = node.text().unwrap_or_default();
        Self::named_elsewhere(name).ok_or_else(|| {
            let expected = format!("one of {}", NAMES.join(", "));
            Mismatch::new(expected).among(name, NAMES)
        })
    }

    fn schema() -> Json {
        json!({"enum": NAMES})
    }
}

fn pretty(arguments: &mut Arguments<'_>) -> PrettyFormatter {
    let mut formatter: PrettyFormatter = arguments.optional("preset").unwrap_or_default();
    if let Some(zone) = arguments.optional("time_zone") {
        formatter = formatter.time_zone(zone);
    }
    if let Some(repeat) = arguments.optional("repeat_times") {
        formatter = formatter.repeat_times(repeat);
    }
    if let Some(short) = arguments.optional("short_levels") {
        formatter = formatter.short_levels(short);
    }
    if let Some(columns) = arguments.optional("name_width") {
        formatter = formatter.name_width(columns);
    }
    if let Some(align) = arguments.optional("align_names") {
        formatter = formatter.align_names(align);
    }
    if let Some(show) = arguments.optional("source") {
        formatter = formatter.source(show);
    }
    if let Some(columns) = arguments.optional("width") {
        formatter = formatter.width(columns);
    }
    if let Some(wrap) = arguments.optional("wrap") {
        formatter = formatter.wrap(wrap);
    }
    if let Some(ascii) = arguments.optional("ascii") {
        formatter = formatter.ascii(ascii);
    }
    let formatter = extras(arguments, formatter);
    styled(arguments, formatter)
}

/// Reads what a line shows by choice.
fn extras(arguments: &mut Arguments<'_>, mut formatter: PrettyFormatter) -> PrettyFormatter {
    type Switch = fn(PrettyFormatter, bool) -> PrettyFormatter;
    let switches: [(&str, Switch); 7] = [
        ("humanize", PrettyFormatter::humanize),
        ("color_names", PrettyFormatter::color_names),
        ("icons", PrettyFormatter::icons),
        ("highlight", PrettyFormatter::highlight),
        ("links", PrettyFormatter::links),
        ("tree", PrettyFormatter::tree),
        ("since_last", PrettyFormatter::since_last),
    ];
    for (key, set) in switches {
        if let Some(is_on) = arguments.optional(key) {
            formatter = set(formatter, is_on);
        }
    }
    if let Some(keys) = arguments.optional::<Vec<String>>("fields_order") {
        formatter = formatter.fields_order(keys);
    }
    if let Some(keys) = arguments.optional::<Vec<String>>("exclude") {
        formatter = formatter.exclude(keys);
    }
    formatter
}

/// Reads the styles of keys and levels.
fn styled(arguments: &mut Arguments<'_>, mut formatter: PrettyFormatter) -> PrettyFormatter {
    for (key, style) in styles(arguments, "key_styles") {
        formatter = formatter.style_key(key, style);
    }
    for (name, style) in styles(arguments, "level_styles") {
        match arguments.registry().parse_level(&name) {
            Ok(level) => formatter = formatter.style_level(level, style),
            Err(error) => arguments.problem("level_styles", error.to_string()),
        }
    }
    formatter
}

fn styles(arguments: &mut Arguments<'_>, key: &str) -> Vec<(String, TextStyle)> {
    let given: BTreeMap<String, String> = arguments.optional(key).unwrap_or_default();
    let mut styles = Vec::new();
    for (name, words) in given {
        match style(&words) {
            Ok(style) => styles.push((name, style)),
            Err(word) => arguments.problem(
                key,
                format!(
                    "unknown style {word:?}: expected bold, dim, italic, underline, a colour such \
                     as red, bright_red, 208 or #ff8700, or on_ and a colour"
                ),
            ),
        }
    }
    styles
}

/// Returns a style by its words, or the word that is unknown.
fn style(words: &str) -> Result<TextStyle, &str> {
    words
        .split_whitespace()
        .try_fold(TextStyle::new(), |style, word| {
            Ok(match word {
                "bold" => style.bold(true),
                "dim" => style.dim(true),
                "italic" => style.italic(true),
                "underline" => style.underline(true),
                _ => match word.strip_prefix("on_") {
                    Some(name) => style.background(color(name).ok_or(word)?),
                    None => style.color(color(word).ok_or(word)?),
                },
            })
        })
}

fn color(name: &str) -> Option<Color> {
    const NAMES: [&str; 8] = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    ];
    const COLORS: [[Color; 8]; 2] = [
        [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::White,
        ],
        [
            Color::BrightBlack,
            Color::BrightRed,
            Color::BrightGreen,
            Color::BrightYellow,
            Color::BrightBlue,
            Color::BrightMagenta,
            Color::BrightCyan,
            Color::BrightWhite,
        ],
    ];
    if let Some(hex) = name.strip_prefix('#').filter(|hex| hex.len() == 6) {
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        return Some(Color::Rgb(byte(0)?, byte(2)?, byte(4)?));
    }
    let (shades, plain) = match name.strip_prefix("bright_") {
        Some(plain) => (&COLORS[1], plain),
        None => (&COLORS[0], name),
    };
    let place = NAMES.iter().position(|known| *known == plain);
    let fixed = || name.parse().ok().map(Color::Fixed);
    place.map(|place| shades[place]).or_else(fixed)
}
