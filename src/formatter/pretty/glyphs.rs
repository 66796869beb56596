//! The marks around values: [`Glyphs`].

/// The marks that the format sets, each of one column.
#[derive(Debug)]
pub(super) struct Glyphs {
    pub(super) bar: &'static str,
    pub(super) corner: &'static str,
    /// Before a cause of an error.
    pub(super) cause: &'static str,
    /// In place of what is left out.
    pub(super) ellipsis: &'static str,
    /// Between the names of spans.
    pub(super) separator: &'static str,
    /// Of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL.
    pub(super) icons: [&'static str; 6],
    pub(super) is_ascii: bool,
}

pub(super) static UNICODE: Glyphs = Glyphs {
    bar: "│",
    corner: "╰",
    cause: "↳",
    ellipsis: "…",
    separator: " › ",
    icons: ["·", "◦", "●", "▲", "✖", "✖"],
    is_ascii: false,
};

pub(super) static ASCII: Glyphs = Glyphs {
    bar: "|",
    corner: "`",
    cause: ">",
    ellipsis: "~",
    separator: " > ",
    icons: [".", "-", "*", "!", "x", "X"],
    is_ascii: true,
};

/// Reports whether the locale is known to be another one than UTF-8. A container often has no
/// locale at all, and a terminal that shows UTF-8.
pub(super) fn is_foreign_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let mut variables = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let locale = variables.find_map(|name| variable(name).filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_that_is_not_utf_8_is_foreign() {
        let is_foreign = |set: &[(&str, &str)]| {
            is_foreign_locale(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!is_foreign(&[]) && !is_foreign(&[("LANG", "")]));
        assert!(!is_foreign(&[("LANG", "de_DE.UTF-8")]));
        assert!(!is_foreign(&[("LC_ALL", "C.utf8"), ("LANG", "C")]));
        assert!(is_foreign(&[("LANG", "C")]));
        assert!(is_foreign(&[
            ("LC_CTYPE", "POSIX"),
            ("LANG", "en_US.UTF-8")
        ]));
        assert!(is_foreign(&[("LANG", "de_DE.ISO-8859-1")]));
    }
}
