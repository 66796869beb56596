//! What a pretty format is made of: [`Options`].

use crate::formatter::pretty::glyphs::{self, Glyphs};
use crate::formatter::pretty::label::Label;
use crate::formatter::pretty::layout::{self, Layout};
use crate::formatter::pretty::links::{self, Links};
use crate::formatter::pretty::styles::Styles;
use crate::formatter::shared::Screen;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::sys::variable::variable;

/// All that the parts of a line are written by.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) layout: &'static Layout,
    pub(super) zone: TimeZone,
    /// `2026-11-27 12:00:00.123`, unless the layout has another one.
    pub(super) time: TimeFormat,
    pub(super) repeats_times: bool,
    pub(super) label: Label,
    pub(super) name_width: usize,
    pub(super) aligns_names: bool,
    pub(super) has_source: bool,
    /// How files are linked to, if they are.
    pub(super) links: Option<Links>,
    /// Whether they are where there is no terminal.
    pub(super) forces_links: bool,
    /// Whether spans are shown by indentation, not by their names.
    pub(super) is_tree: bool,
    /// Whether the time since the line above is shown.
    pub(super) has_deltas: bool,
    pub(super) humanizes: bool,
    pub(super) colors_names: bool,
    pub(super) has_icons: bool,
    pub(super) highlights: bool,
    /// The keys that come first.
    pub(super) order: Vec<Box<str>>,
    pub(super) excluded: Vec<Box<str>>,
    /// Given, in place of the terminal's.
    pub(super) width: Option<usize>,
    pub(super) wraps: bool,
    pub(super) styles: Styles,
    pub(super) glyphs: &'static Glyphs,
    /// Stack traces have the frames of other packages as well.
    pub(super) has_all_frames: bool,
}

/// Keys whose values are shown as errors.
pub(super) fn is_error(key: &str) -> bool {
    matches!(key, "error" | "err")
}

impl Options {
    pub(super) fn new() -> Self {
        let read = |name: &str| variable(name).ok();
        let is_set = |name| read(name).is_some_and(|value| !value.is_empty());
        let (knows_links, forces_links) = links::are_known(read);
        Self {
            layout: &layout::PRETTY,
            zone: TimeZone::Local,
            time: time(&layout::PRETTY, TimeZone::Local),
            repeats_times: false,
            label: Label::Five,
            name_width: 24,
            aligns_names: false,
            has_source: true,
            links: knows_links.then(Links::new),
            forces_links,
            is_tree: false,
            has_deltas: false,
            humanizes: true,
            colors_names: false,
            has_icons: false,
            highlights: false,
            order: Vec::new(),
            excluded: Vec::new(),
            width: None,
            // What collects the output of a build has no width.
            wraps: !is_set("CI"),
            styles: Styles::default(),
            glyphs: if glyphs::is_foreign_locale(read) {
                &glyphs::ASCII
            } else {
                &glyphs::UNICODE
            },
            has_all_frames: read("RUST_BACKTRACE").as_deref() == Some("full"),
        }
    }

    pub(super) fn set_layout(&mut self, layout: &'static Layout) {
        self.layout = layout;
        self.label = layout.label;
        self.has_source = layout.has_source;
        self.time = time(layout, self.zone);
    }

    pub(super) fn set_zone(&mut self, zone: TimeZone) {
        self.zone = zone;
        self.time = time(self.layout, zone);
    }

    /// Returns the columns of a line; `None` where they are not known.
    #[inline]
    pub(super) fn columns(&self, screen: Option<Screen>) -> Option<usize> {
        self.width.or_else(|| {
            let columns = screen.map_or(0, |screen| screen.columns);
            (columns > 0).then_some(columns.into())
        })
    }
}

/// Returns the format of a layout's times.
fn time(layout: &Layout, zone: TimeZone) -> TimeFormat {
    let given = layout
        .time
        .map(|pattern| TimeFormat::strftime(pattern, zone));
    // The layouts' own patterns are valid, as tests show.
    let format = given.and_then(Result::ok);
    format
        .unwrap_or_else(|| TimeFormat::with_date_and_millis(zone))
        .exact()
}
