//! Formatters and filters of a plan.

use crate::config::arguments::Arguments;
use crate::config::factories::Table;
use crate::config::plan::location::Location;
use crate::config::plan::plan::Planned;
use crate::config::plan::planner::{Names, Planner};

/// The keys of every formatter and filter.
const PART_KEYS: &[&str] = &["class", "()", "."];

impl<'c> Planner<'c> {
    /// Plans the formatters or the filters; returns their indices in `parts` by name.
    pub(super) fn parts<T>(
        &self,
        section: &str,
        default: &str,
        table: &'c Table<T>,
        parts: &mut Vec<Planned<T>>,
    ) -> Names {
        let mut names = Names::new();
        for (key, node) in self.entries(section) {
            let path = format!("{section}.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                // Known by name, so that references to it are not reported as well.
                names.insert(key.text.clone(), (usize::MAX, 0));
                continue;
            };
            let mut arguments =
                Arguments::new(self.context, section, &key.text, key.place, map, PART_KEYS);
            let build = self.build(&mut arguments, &path, key.place, map, table, Some(default));
            let mut number = usize::MAX;
            if let Some(build) = build {
                arguments.finish();
                number = parts.len();
                let location = Location {
                    path,
                    place: key.place,
                };
                parts.push(Planned { build, location });
            }
            names.insert(key.text.clone(), (number, arguments.fingerprint.value()));
        }
        names
    }
}
