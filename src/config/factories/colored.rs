//! The formatters of colorlog and uvicorn.

use std::collections::BTreeMap;

use crate::config::arguments::Arguments;
use crate::config::factories::formatter::{build, python_arguments};
use crate::config::factories::table::Table;
use crate::formatter::{Color, Colors, Format, FormatterBuilder, Line, TemplateStyle, format_fn};
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::user_code;

pub(super) fn add(table: &mut Table<Arc<dyn Format>>) {
    table.add(&["colorlog.ColoredFormatter"], |arguments| {
        let (builder, resets) = colorlog(arguments);
        let formatter = build(arguments, builder);
        move || {
            let formatter = formatter?;
            Ok(Arc::new(format_fn(move |record, line| {
                formatter.format(record, line)?;
                if resets.in_line(line) && !line.as_bytes().ends_with(RESET.as_bytes()) {
                    line.push_str(RESET);
                }
                Ok(())
            })) as Arc<dyn Format>)
        }
    });
    table.add(&["uvicorn.logging.DefaultFormatter"], |arguments| {
        let (builder, _) = uvicorn(arguments);
        let formatter = build(arguments, builder);
        move || Ok(Arc::new(formatter?) as Arc<dyn Format>)
    });
    table.add(&["uvicorn.logging.AccessFormatter"], |arguments| {
        let (builder, shows) = uvicorn(arguments);
        let builder = builder
            .field(
                "request_line",
                format_fn(move |record, line| {
                    shows.styled("\x1b[1m", line, |line| push_request_line(record, line));
                    Ok(())
                }),
            )
            .field(
                "status_code",
                format_fn(move |record, line| {
                    push_status_code(record, shows, line);
                    Ok(())
                }),
            );
        let formatter = build(arguments, builder);
        move || Ok(Arc::new(formatter?) as Arc<dyn Format>)
    });
}

const RESET: &str = "\x1b[0m";

/// Where colours are shown.
#[derive(Clone, Copy)]
enum Shows {
    Never,
    Always,
    /// Where the stream shows them.
    Stream,
}

impl Shows {
    fn in_line(self, line: &Line) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Stream => line.color(),
        }
    }

    /// Writes something in a style.
    fn styled(self, start: &str, line: &mut Line, write: impl FnOnce(&mut Line)) {
        let is_styled = self.in_line(line) && !start.is_empty();
        line.push_str(if is_styled { start } else { "" });
        write(line);
        line.push_str(if is_styled { RESET } else { "" });
    }
}

/// Reads colorlog's arguments; returns where a line ends with a reset as well.
fn colorlog(arguments: &mut Arguments<'_>) -> (FormatterBuilder, Shows) {
    let (mut builder, template) = python_arguments(arguments, |style| match style {
        TemplateStyle::Brace => "{log_color}{levelname}:{name}:{message}",
        TemplateStyle::Dollar => "${log_color}${levelname}:${name}:${message}",
        _ => "%(log_color)s%(levelname)s:%(name)s:%(message)s",
    });
    let resets = arguments.optional("reset").unwrap_or(true);
    let no_color = arguments.optional("no_color").unwrap_or(false);
    let force_color = arguments.optional("force_color").unwrap_or(false);
    // Colours are shown only where the stream of the handler shows them.
    let _: Option<String> = arguments.optional("stream");
    let shows = match (force_color, no_color) {
        (true, _) => Shows::Always,
        (false, true) => Shows::Never,
        (false, false) => Shows::Stream,
    };
    let given: Option<BTreeMap<String, String>> = arguments.optional("log_colors");
    let usual = [
        ("DEBUG", "white"),
        ("INFO", "green"),
        ("WARNING", "yellow"),
        ("ERROR", "red"),
        ("CRITICAL", "bold_red"),
    ];
    let usual = || usual.map(|(level, color)| (level.to_owned(), color.to_owned()));
    let colors = given.unwrap_or_else(|| usual().into_iter().collect());
    let codes = codes_of_levels(arguments, "log_colors", &colors);
    builder = builder.field("log_color", of_level(codes, shows));
    type Secondary = BTreeMap<String, BTreeMap<String, String>>;
    let secondary: Option<Secondary> = arguments.optional("secondary_log_colors");
    for (name, colors) in secondary.unwrap_or_default() {
        let codes = codes_of_levels(arguments, "secondary_log_colors", &colors);
        builder = builder.field(format!("{name}_log_color"), of_level(codes, shows));
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for name in template.split(|c| !is_word(c)) {
        if let Some(code) = code(name) {
            let write = move |_: &Record<'_>, line: &mut Line| {
                line.push_str(if shows.in_line(line) { &code } else { "" });
                Ok(())
            };
            builder = builder.field(name, format_fn(write));
        }
    }
    (builder, if resets { shows } else { Shows::Never })
}

/// Writes the escape sequences of levels.
fn of_level(codes: BTreeMap<Level, String>, shows: Shows) -> impl Format + 'static {
    format_fn(move |record, line| {
        if let Some(code) = codes.get(&record.level()).filter(|_| shows.in_line(line)) {
            line.push_str(code);
        }
        Ok(())
    })
}

/// Reads the colours of levels: names with commas between them.
fn codes_of_levels(
    arguments: &mut Arguments<'_>,
    key: &str,
    colors: &BTreeMap<String, String>,
) -> BTreeMap<Level, String> {
    let mut codes = BTreeMap::new();
    for (name, color) in colors {
        let level = match arguments.registry().parse_level(name) {
            Ok(level) => level,
            Err(error) => {
                arguments.problem(key, error.to_string());
                continue;
            }
        };
        let parts = color.split(',').filter(|part| !part.is_empty());
        let code: Result<String, &str> = parts.map(|part| code(part).ok_or(part)).collect();
        match code {
            Ok(code) => drop(codes.insert(level, code)),
            Err(part) => {
                let expected = "expected one of colorlog's, such as bold_red or bg_white";
                arguments.problem(key, format!("unknown colour {part:?}: {expected}"));
            }
        }
    }
    codes
}

/// Returns the escape sequence of one of colorlog's names.
fn code(name: &str) -> Option<String> {
    const COLORS: [&str; 8] = [
        "black", "red", "green", "yellow", "blue", "purple", "cyan", "white",
    ];
    let color = |name: &str| COLORS.iter().position(|color| *color == name);
    let shade = |name: &str, plain: usize, light: usize| match name.strip_prefix("light_") {
        Some(name) => color(name).map(|color| light + color),
        None => color(name).map(|color| plain + color),
    };
    let codes = match name {
        "reset" => "0".to_owned(),
        "bold" => "1".to_owned(),
        "thin" => "2".to_owned(),
        _ => {
            let (is_background, rest) = match name.strip_prefix("bg_") {
                Some(rest) => (true, rest),
                None => (false, name.strip_prefix("fg_").unwrap_or(name)),
            };
            if let (Ok(number), true) = (rest.parse::<u8>(), rest != name) {
                format!("{};5;{number}", if is_background { 48 } else { 38 })
            } else if is_background {
                let bold = rest.strip_prefix("bold_").and_then(color);
                let code = bold
                    .map(|color| 100 + color)
                    .or_else(|| shade(rest, 40, 100));
                code?.to_string()
            } else if let Some(rest) = rest.strip_prefix("bold_") {
                format!("1;{}", shade(rest, 30, 90)?)
            } else if let Some(rest) = rest.strip_prefix("thin_") {
                format!("2;{}", shade(rest, 30, 90)?)
            } else {
                shade(rest, 30, 90)?.to_string()
            }
        }
    };
    Some(format!("\x1b[{codes}m"))
}

/// Reads the arguments of uvicorn's formatters; returns where colours are shown as well.
fn uvicorn(arguments: &mut Arguments<'_>) -> (FormatterBuilder, Shows) {
    let (builder, _) = python_arguments(arguments, |_| "");
    let shows = match arguments.optional("use_colors") {
        None => Shows::Stream,
        Some(true) => Shows::Always,
        Some(false) => Shows::Never,
    };
    let colors = Colors::default().with_level(Level::TRACE, Color::Blue);
    let prefix = format_fn(move |record, line| {
        let name = record.level_name();
        let start = colors.start(record.level());
        shows.styled(start, line, |line| line.push_escaped(&name));
        line.push_str(":");
        for _ in name.chars().count()..8 {
            line.push(' ');
        }
        Ok(())
    });
    (builder.field("levelprefix", prefix), shows)
}

fn value(record: &Record<'_>, key: &str) -> Option<String> {
    let value = record.key_values().get(key)?;
    Some(user_code::display(&value))
}

/// Writes the key-value `request_line`, or one that the parts of a request make.
fn push_request_line(record: &Record<'_>, line: &mut Line) {
    let parts = ["method", "full_path", "http_version"].map(|key| value(record, key));
    let text = match (value(record, "request_line"), parts) {
        (Some(text), _) => text,
        (None, [Some(method), Some(path), Some(version)]) => {
            format!("{method} {path} HTTP/{version}")
        }
        _ => "-".to_owned(),
    };
    line.push_escaped(&text);
}

/// Writes the key-value `status_code` with what it means.
fn push_status_code(record: &Record<'_>, shows: Shows, line: &mut Line) {
    let text = value(record, "status_code").unwrap_or_else(|| "-".to_owned());
    let code: u16 = text.parse().unwrap_or_default();
    let start = match code / 100 {
        1 => "\x1b[97m",
        2 => "\x1b[32m",
        3 => "\x1b[33m",
        4 => "\x1b[31m",
        5 => "\x1b[91m",
        _ => "",
    };
    shows.styled(start, line, |line| {
        line.push_escaped(&text);
        if code != 0 {
            line.push(' ');
            let known = PHRASES.iter().find(|(known, _)| *known == code);
            line.push_str(known.map_or("", |(_, phrase)| phrase));
        }
    });
}

/// What the codes of HTTP mean, as Python has it.
const PHRASES: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Requested Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (418, "I'm a Teapot"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Entity"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (510, "Not Extended"),
    (511, "Network Authentication Required"),
];
