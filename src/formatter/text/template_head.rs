//! The head of a template, whose text is kept: [`TemplateHead`].

use crate::formatter::head::Head;
use crate::formatter::text::step::{Kind, Step};
use crate::formatter::time::TimeFormat;

/// The first steps of a template, if their text can be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct TemplateHead {
    pub(super) head: Head,
    /// The number of steps.
    pub(super) steps: usize,
    /// The step of the logger's name.
    pub(super) name: usize,
    /// The step of the time.
    pub(super) time: usize,
    /// The message alone follows.
    pub(super) is_all_but_message: bool,
}

impl TemplateHead {
    pub(super) fn of(steps: &[Step<Kind>], time: &TimeFormat) -> Option<Self> {
        let kinds = [Kind::Literal, Kind::AscTime, Kind::Name, Kind::LevelName];
        let head: Vec<_> = steps
            .iter()
            .map(|step| step.write)
            .take_while(|kind| kinds.contains(kind))
            .collect();
        let only = |kind| {
            let mut found = (0..head.len()).filter(|&at| head[at] == kind);
            found.next().filter(|_| found.next().is_none())
        };
        let is_message = |step: &Step<Kind>| step.write == Kind::Message && step.after.is_empty();
        Some(Self {
            steps: head.len(),
            name: only(Kind::Name)?,
            time: only(Kind::AscTime)?,
            is_all_but_message: matches!(&steps[head.len()..], [rest] if is_message(rest)),
            head: Head::new(time)?,
        })
    }
}
