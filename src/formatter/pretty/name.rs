//! The names of loggers, shortened where they are too long.

use crate::formatter::pretty::columns::columns;
use crate::formatter::pretty::pen::Pen;

/// Appends a name. One with more columns than `limit` has the first characters of its leading
/// segments: `a.b.c.S3` for `a.b.client.S3`. The last segment is whole.
#[inline]
pub(super) fn push(pen: &mut Pen<'_>, name: &str, limit: usize) {
    if name.len() <= limit {
        pen.shown(name);
    } else {
        push_long(pen, name, limit);
    }
}

#[inline(never)]
fn push_long(pen: &mut Pen<'_>, name: &str, limit: usize) {
    let mut missing = columns(name).saturating_sub(limit);
    let mut rest = name;
    while let Some((segment, after)) = rest.split_once('.') {
        let first = segment.chars().next().map_or(0, char::len_utf8);
        let cut = columns(&segment[first..]);
        if missing == 0 {
            break;
        }
        pen.shown(&segment[..first]);
        pen.own(".");
        missing = missing.saturating_sub(cut);
        rest = after;
    }
    pen.shown(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::line_buf::LineBuf;

    #[test]
    fn leading_segments_are_cut_one_by_one() {
        let short = |name: &str, limit| {
            LineBuf::with(|out| {
                push(&mut Pen::new(out, false), name, limit);
                out.as_str().to_owned()
            })
        };
        for (name, limit, shown) in [
            ("a.b.client.S3", 13, "a.b.client.S3"),
            ("a.b.client.S3", 12, "a.b.c.S3"),
            ("botocore.client.S3", 17, "b.client.S3"),
            ("botocore.client.S3", 10, "b.c.S3"),
            ("botocore.client.S3", 0, "b.c.S3"),
            ("averylongname", 5, "averylongname"),
            ("größe.x", 6, "g.x"),
            ("日本.x", 6, "日本.x"),
            ("日本.x", 5, "日.x"),
            ("..x", 1, "..x"),
            ("a\nb.x", 3, "a.x"),
        ] {
            assert_eq!(short(name, limit), shown, "{name:?} {limit}");
        }
    }
}
