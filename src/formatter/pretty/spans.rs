//! The spans around a record.

use crate::formatter::pretty::options::Options;
use crate::formatter::pretty::pen::Pen;
use crate::formatter::shared::Path;
use crate::record::SpanPath;

/// Deeper spans have no further indentation.
const DEEPEST: usize = 10;

/// Appends the names of spans, or their indentation. Returns the part that a stream may leave out.
#[inline(never)]
pub(super) fn push(pen: &mut Pen<'_>, spans: &SpanPath<'_>, options: &Options) -> Option<Path> {
    if options.is_tree {
        let mut depth = 0;
        spans.for_each_name(|_| depth += 1);
        pen.blanks(2 * depth.min(DEEPEST));
        return None;
    }
    let (start, column) = (pen.out.len(), pen.column());
    // FNV-1a.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let dim = &*options.styles.dim;
    pen.start(dim);
    let mut is_first = true;
    spans.for_each_name(|name| {
        if !is_first {
            pen.is_not_plain();
            pen.out.push_str(options.glyphs.separator);
        }
        is_first = false;
        pen.shown(name);
        for byte in name.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    });
    pen.end(dim);
    pen.own("  ");
    Some(Path {
        hash,
        start,
        end: pen.out.len(),
        columns: pen.column() - column,
        padding_at: None,
    })
}
