//! Tables: a name at the head of a column, and the values below it.

use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::text;

/// How many lines are looked at.
const MOST: usize = 64;

/// How long a cell of the head may be.
const LONGEST: usize = 40;

/// How long the line of the head may be.
const LONGEST_HEAD: usize = 1024;

/// Whether a character may be around a name that is alone on its line.
fn is_mark(c: char) -> bool {
    c.is_whitespace() || "-*#>".contains(c)
}

/// Hides the values below a name: in lines with as many cells as the name's, or, where spaces are
/// between these, in the same place. Below a name that is alone on its line there is one.
pub(super) fn below(name: Name<'_>, spans: &mut Spans) {
    let (text, bytes) = (name.text, name.text.as_bytes());
    // Most texts have no next line, which is known fast.
    let near = &bytes[name.end..bytes.len().min(name.end + LONGEST_HEAD)];
    if !near.contains(&b'\n') {
        return;
    }
    let near = name.start.saturating_sub(LONGEST_HEAD);
    let before = bytes[near..name.start]
        .iter()
        .rposition(|byte| *byte == b'\n');
    let Some(start) = before.map(|at| near + at + 1).or((near == 0).then_some(0)) else {
        return;
    };
    let len = text::run_in(&bytes[start..], LONGEST_HEAD + 1, |byte| *byte != b'\n');
    if bytes.get(start + len) != Some(&b'\n') {
        return;
    }
    let (head, rest) = (&text[start..start + len], &text[start + len + 1..]);
    let column = name.start - start;
    let sign = ['|', '\t', ',', ';']
        .into_iter()
        .find(|sign| head.contains(*sign));
    let is_cell = |cell: &str| {
        let plain = |c: char| c.is_alphanumeric() || "_- \"'`\r()#".contains(c);
        cell.len() <= LONGEST && cell.chars().all(plain)
    };
    let is_head = match sign {
        Some(sign) => head.split(sign).all(is_cell),
        None => {
            head.len() <= 4 * LONGEST && head.get(column..name.end - start).is_some_and(is_cell)
        }
    };
    if !is_head {
        return;
    }
    let mut has_ruler = false;
    let mut from = text.len() - rest.len();
    for line in rest.split('\n').take(MOST) {
        let at = from;
        from += line.len() + 1;
        if line.len() > 3 && line.trim().bytes().all(|byte| b"-+=|: ".contains(&byte)) {
            has_ruler = true;
            continue;
        }
        let cell = match sign {
            Some(sign) => nth(line, sign, head, column),
            None => aligned(line, head, column, has_ruler),
        };
        let is_alone = sign.is_none()
            && !has_ruler
            && head.trim_matches(is_mark).len() == name.end - name.start;
        // What a debugger was asked for is on a line, and its value on the next.
        let is_asked = sign.is_none() && column + name.end - name.start == head.len() && {
            let is_quoted = |mark| line.starts_with(mark) && line.ends_with(mark);
            line.len() > 2 && (is_quoted('\'') || is_quoted('"'))
        };
        let is_alone = is_alone || is_asked;
        let cell = cell.or(Some(line).filter(|_| is_alone && !line.trim().contains(' ')));
        let Some(cell) = cell else {
            return;
        };
        let manner = Manner {
            is_quoted: true,
            is_prose: false,
            is_doubtful: !has_ruler,
        };
        let value = cell.trim().trim_matches(['"', '\'', '`']);
        let start = at + value.as_ptr().addr() - line.as_ptr().addr();
        name.hide(start, start + value.len(), manner, spans);
        if is_alone {
            return;
        }
    }
}

/// The cell of a line below a place in the head, where both have as many.
fn nth<'t>(line: &'t str, sign: char, head: &str, column: usize) -> Option<&'t str> {
    let number = head[..column].matches(sign).count();
    let is_row = line.matches(sign).count() == head.matches(sign).count();
    line.split(sign).nth(number).filter(|_| is_row)
}

/// The word of a line at a place, or the whole line below a head that stands alone.
fn aligned<'t>(line: &'t str, head: &'t str, column: usize, has_ruler: bool) -> Option<&'t str> {
    if has_ruler && !head.trim().contains(' ') {
        return Some(line).filter(|line| !line.trim().is_empty() && !line.trim().contains(' '));
    }
    if !head.trim().contains("  ") {
        return None;
    }
    let is_column = column == 0 || line.get(..column)?.ends_with(' ');
    if is_column {
        let cell = line.get(column..)?.split("  ").next()?;
        return Some(cell).filter(|cell| !cell.contains(' '));
    }
    // The words are as many, but not below each other.
    let cells = |line: &'t str| {
        line.split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
    };
    let number = cells(head.get(..column)?).count();
    let is_row = number > 0 && cells(line).count() == cells(head).count();
    cells(line)
        .nth(number)
        .filter(|cell| is_row && !cell.contains(' '))
}
