//! What a line shows beyond its parts, by choice.

use crate::formatter::pretty::formatter::PrettyFormatter;
use crate::formatter::pretty::links::Links;
use crate::formatter::text_style::TextStyle;
use crate::level::Level;

impl PrettyFormatter {
    /// Sets whether numbers are written for people: `took_us=12400` as `took=12.4ms`, by the ends
    /// `_ns`, `_us`, `_ms`, `_secs` and `_bytes` of keys, and a `Duration` with three digits; on by
    /// default. Other formatters write the numbers.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = logtree::Record::builder().message("sent").key_value("body_bytes", 1_258_291);
    /// let line = PrettyFormatter::new().format_to_string(&record.build());
    /// assert!(line.ends_with("  sent  body=1.2MiB"));
    /// ```
    pub fn humanize(mut self, humanize: bool) -> Self {
        self.options.humanizes = humanize;
        self
    }

    /// Sets keys that come first, in this order; after `error` and `err`.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = logtree::Record::builder().message("m").key_value("a", 1).key_value("b", 2);
    /// let line = PrettyFormatter::new().fields_order(["b"]).format_to_string(&record.build());
    /// assert!(line.ends_with("  m  b=2 a=1"));
    /// ```
    pub fn fields_order<K: Into<Box<str>>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.options.order = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Sets keys that are left out.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = logtree::Record::builder().message("m").key_value("a", 1).key_value("b", 2);
    /// let line = PrettyFormatter::new().exclude(["a"]).format_to_string(&record.build());
    /// assert!(line.ends_with("  m  b=2"));
    /// ```
    pub fn exclude<K: Into<Box<str>>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.options.excluded = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the style of a key and its value.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Color, PrettyFormatter};
    ///
    /// let formatter = PrettyFormatter::new().style_key("user", Color::Magenta);
    /// # let _ = formatter;
    /// ```
    pub fn style_key(mut self, key: impl Into<Box<str>>, style: impl Into<TextStyle>) -> Self {
        let style = style.into().start();
        self.options.styles.keys.push((key.into(), style));
        self
    }

    /// Sets the style of levels from one on, as [`Colors::with_level`] does.
    ///
    /// [`Colors::with_level`]: crate::formatter::Colors::with_level
    ///
    /// # Examples
    /// ```
    /// use logtree::Level;
    /// use logtree::formatter::{Color, PrettyFormatter};
    ///
    /// let formatter = PrettyFormatter::new().style_level(Level::DEBUG, Color::Cyan);
    /// # let _ = formatter;
    /// ```
    pub fn style_level(mut self, level: impl Into<Level>, style: impl Into<TextStyle>) -> Self {
        let levels = std::mem::take(&mut self.options.styles.levels);
        self.options.styles.levels = levels.with_level(level, style);
        self
    }

    /// Sets whether each name has a colour of its own, by its first two segments: one of six that
    /// can be read on dark and on light backgrounds. Off by default.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().color_names(true);
    /// # let _ = formatter;
    /// ```
    pub fn color_names(mut self, color: bool) -> Self {
        self.options.colors_names = color;
        self
    }

    /// Sets whether a mark stands before each level; off by default.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = logtree::Record::builder().name("app").level(40).message("m").build();
    /// let line = PrettyFormatter::new().icons(true).ascii(false).format_to_string(&record);
    /// assert!(line.ends_with(" ✖ ERROR  app  m"));
    /// ```
    pub fn icons(mut self, show: bool) -> Self {
        self.options.has_icons = show;
        self
    }

    /// Sets whether numbers, quoted words, paths, URLs, UUIDs and words such as `true` have colours
    /// in messages; off by default.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().highlight(true);
    /// # let _ = formatter;
    /// ```
    pub fn highlight(mut self, highlight: bool) -> Self {
        self.options.highlights = highlight;
        self
    }

    /// Sets whether the place in the program is a link to the file, where colours are shown. By
    /// default it is on a terminal that is known to take links (`iTerm2`, `WezTerm`, kitty, VTE,
    /// Windows Terminal, VS Code, Ghostty), and wherever `FORCE_HYPERLINK` is set.
    ///
    /// Files are taken to be relative to the current directory of this call.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().links(false);
    /// # let _ = formatter;
    /// ```
    pub fn links(mut self, link: bool) -> Self {
        self.options.links = link.then(Links::new);
        self.options.forces_links = link;
        self
    }

    /// Sets whether spans of `tracing` are shown by an indentation of two columns each, at most ten
    /// times, in place of their names; off by default.
    ///
    /// Names of spans stand before the message, `S3.PutObject › try_attempt`, and are left out
    /// where the line above has the same.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().tree(true);
    /// # let _ = formatter;
    /// ```
    pub fn tree(mut self, tree: bool) -> Self {
        self.options.is_tree = tree;
        self
    }

    /// Sets whether a stream shows the time since the line above, as `+12ms`; off by default.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().since_last(true);
    /// # let _ = formatter;
    /// ```
    pub fn since_last(mut self, show: bool) -> Self {
        self.options.has_deltas = show;
        self
    }
}
