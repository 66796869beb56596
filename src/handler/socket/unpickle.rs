//! Pickles as plain values: [`unpickle`].
//!
//! A pickle is a program for a machine with a stack, which can name classes and call functions.
//! This machine has only what makes plain values, and refuses a pickle that has anything else
//! before any of it is used. General readers build what a pickle names, clone what it refers to
//! twice, and nest as deep as it says, so that few bytes can stand for any amount of memory.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use crate::record::OwnedValue;

/// How deep lists and dictionaries nest, the outermost included.
pub(crate) const MAX_DEPTH: usize = 16;

/// How many values a pickle has.
pub(crate) const MAX_VALUES: usize = 65_536;

/// How long the strings of a pickle are together, unless the pickle is longer itself. One that is
/// referred to twice counts twice.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// Why a pickle is refused.
pub(crate) type Refused = &'static str;

const TRUNCATED: Refused = "a truncated pickle";
const DAMAGED: Refused = "a damaged pickle";
const NOT_PLAIN: Refused = "a pickle that names a class or a function";
const TOO_LARGE: Refused = "a pickle of too many values";
const TOO_DEEP: Refused = "a pickle that nests too deep";

/// Returns the value of a pickle, of whichever protocol.
///
/// # Errors
/// Where it has anything but values, or too many.
pub(crate) fn unpickle(bytes: &[u8]) -> Result<OwnedValue, Refused> {
    let mut machine = Machine {
        rest: bytes,
        nodes: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    while machine.step()? {}
    match *machine.stack {
        [root] if machine.rest.is_empty() && machine.marks.is_empty() => {
            let mut budget = Budget {
                values: MAX_VALUES,
                text: MAX_TEXT.max(bytes.len()),
            };
            machine.value(root, MAX_DEPTH, &mut budget)
        }
        _ => Err(DAMAGED),
    }
}

/// What a pickle has made. Values inside others are referred to by their numbers.
enum Node<'b> {
    Value(OwnedValue),
    Text(Cow<'b, str>),
    Bytes(&'b [u8]),
    List(Vec<usize>),
    /// Keys and values in turn.
    Map(Vec<usize>),
}

/// What a value may still take.
struct Budget {
    values: usize,
    text: usize,
}

impl Budget {
    fn take(&mut self, text: usize) -> Result<(), Refused> {
        self.values = self.values.checked_sub(1).ok_or(TOO_LARGE)?;
        self.text = self.text.checked_sub(text).ok_or(TOO_LARGE)?;
        Ok(())
    }
}

struct Machine<'b> {
    rest: &'b [u8],
    nodes: Vec<Node<'b>>,
    stack: Vec<usize>,
    /// The heights of the stack at marks.
    marks: Vec<usize>,
    memo: HashMap<u32, usize>,
}

impl<'b> Machine<'b> {
    /// Does a step. Returns `false` after the last.
    fn step(&mut self) -> Result<bool, Refused> {
        match self.byte()? {
            b'.' => return Ok(false),
            // The protocol, and the length of a part.
            0x80 => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            b'(' => self.mark()?,
            b'N' => self.push_value(OwnedValue::Null)?,
            0x88 => self.push_value(true)?,
            0x89 => self.push_value(false)?,
            b'K' => {
                let number = self.byte()?;
                self.push_value(number)?;
            }
            b'M' => {
                let number = self.length(2)?;
                self.push_value(number)?;
            }
            b'J' => {
                let number = self.array().map(i32::from_le_bytes)?;
                self.push_value(number)?;
            }
            b'I' | b'L' => self.push_digits()?,
            0x8a => self.push_long(1)?,
            0x8b => self.push_long(4)?,
            b'F' => {
                let number: f64 = self.line()?.parse().map_err(|_| DAMAGED)?;
                self.push_value(number)?;
            }
            b'G' => {
                let number = self.array().map(f64::from_be_bytes)?;
                self.push_value(number)?;
            }
            // Those of Python 2 among them.
            0x8c | b'U' => self.push_text(1)?,
            b'X' | b'T' => self.push_text(4)?,
            0x8d => self.push_text(8)?,
            b'V' => {
                let text = raw_unicode(self.line_bytes()?)?;
                self.push(Node::Text(text.into()))?;
            }
            b'C' => self.push_bytes(1)?,
            b'B' => self.push_bytes(4)?,
            0x8e | 0x96 => self.push_bytes(8)?,
            // Lists, tuples and sets.
            b']' | b')' | 0x8f => self.push(Node::List(Vec::new()))?,
            b'l' | b't' | 0x91 => {
                let items = self.pop_mark()?;
                self.push(Node::List(items))?;
            }
            tuple @ 0x85..=0x87 => {
                let items = self.pop(usize::from(tuple - 0x84))?;
                self.push(Node::List(items))?;
            }
            b'a' => {
                let items = self.pop(1)?;
                self.extend_list(items)?;
            }
            b'e' | 0x90 => {
                let items = self.pop_mark()?;
                self.extend_list(items)?;
            }
            b'}' => self.push(Node::Map(Vec::new()))?,
            b'd' => {
                let items = self.pop_mark()?;
                self.push(Node::Map(Vec::new()))?;
                self.extend_map(items)?;
            }
            b's' => {
                let items = self.pop(2)?;
                self.extend_map(items)?;
            }
            b'u' => {
                let items = self.pop_mark()?;
                self.extend_map(items)?;
            }
            b'p' => {
                let at = self.line()?.parse().map_err(|_| DAMAGED)?;
                self.memoize(at)?;
            }
            b'q' => {
                let at = self.byte()?;
                self.memoize(at.into())?;
            }
            b'r' => {
                let at = self.array().map(u32::from_le_bytes)?;
                self.memoize(at)?;
            }
            0x94 => {
                let at = u32::try_from(self.memo.len()).map_err(|_| TOO_LARGE)?;
                self.memoize(at)?;
            }
            b'g' => {
                let at = self.line()?.parse().map_err(|_| DAMAGED)?;
                self.recall(at)?;
            }
            b'h' => {
                let at = self.byte()?;
                self.recall(at.into())?;
            }
            b'j' => {
                let at = self.array().map(u32::from_le_bytes)?;
                self.recall(at)?;
            }
            _ => return Err(NOT_PLAIN),
        }
        Ok(true)
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Refused> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        self.take(N)?.try_into().map_err(|_| TRUNCATED)
    }

    /// A number without a sign, of up to 8 bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, Refused> {
        let bytes = self.take(bytes)?.iter().rev();
        let length = bytes.fold(0, |number, byte| number << 8 | u64::from(*byte));
        usize::try_from(length).map_err(|_| TRUNCATED)
    }

    fn with_length(&mut self, length_bytes: usize) -> Result<&'b [u8], Refused> {
        let length = self.length(length_bytes)?;
        self.take(length)
    }

    fn line_bytes(&mut self) -> Result<&'b [u8], Refused> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.ok_or(TRUNCATED)?)?;
        self.take(1)?;
        Ok(line)
    }

    fn line(&mut self) -> Result<&'b str, Refused> {
        std::str::from_utf8(self.line_bytes()?).map_err(|_| DAMAGED)
    }

    fn mark(&mut self) -> Result<(), Refused> {
        if self.marks.len() >= MAX_VALUES {
            return Err(TOO_LARGE);
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn push(&mut self, node: Node<'b>) -> Result<(), Refused> {
        self.nodes.push(node);
        self.push_number(self.nodes.len() - 1)
    }

    fn push_number(&mut self, number: usize) -> Result<(), Refused> {
        if self.nodes.len() > MAX_VALUES || self.stack.len() >= MAX_VALUES {
            return Err(TOO_LARGE);
        }
        self.stack.push(number);
        Ok(())
    }

    fn push_value(&mut self, value: impl Into<OwnedValue>) -> Result<(), Refused> {
        self.push(Node::Value(value.into()))
    }

    fn push_text(&mut self, length_bytes: usize) -> Result<(), Refused> {
        // Half of a pair of surrogates is no character.
        let text = String::from_utf8_lossy(self.with_length(length_bytes)?);
        self.push(Node::Text(text))
    }

    fn push_bytes(&mut self, length_bytes: usize) -> Result<(), Refused> {
        let bytes = self.with_length(length_bytes)?;
        self.push(Node::Bytes(bytes))
    }

    /// A whole number in decimal digits, or a Boolean.
    fn push_digits(&mut self) -> Result<(), Refused> {
        let line = self.line()?;
        let digits = line.strip_suffix('L').unwrap_or(line);
        let magnitude = digits.strip_prefix('-').unwrap_or(digits);
        if magnitude.is_empty() || !magnitude.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DAMAGED);
        }
        self.push(match (line, digits.parse()) {
            ("00", _) => Node::Value(false.into()),
            ("01", _) => Node::Value(true.into()),
            (_, Ok(number)) => Node::Value(OwnedValue::Signed(number)),
            (_, Err(_)) => Node::Text(digits.into()),
        })
    }

    /// A whole number of any length, in two's complement. What 128 bits do not hold becomes
    /// hexadecimal digits.
    fn push_long(&mut self, length_bytes: usize) -> Result<(), Refused> {
        let bytes = self.with_length(length_bytes)?;
        let is_negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
        let mut whole = [if is_negative { 0xff } else { 0 }; 16];
        if let Some(place) = whole.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
            return self.push_value(i128::from_le_bytes(whole));
        }
        let mut digits = String::with_capacity(2 * bytes.len() + 3);
        digits.push_str(if is_negative { "-0x" } else { "0x" });
        // The lowest bytes that are 0 stay so in the negated number, which carries through them.
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        for (at, byte) in bytes.iter().enumerate().rev() {
            let byte = match is_negative {
                true if at > zeros => !byte,
                true => byte.wrapping_neg(),
                false => *byte,
            };
            let _ = write!(digits, "{byte:02x}");
        }
        self.push(Node::Text(digits.into()))
    }

    /// Takes that many from the top, but none below a mark.
    fn pop(&mut self, count: usize) -> Result<Vec<usize>, Refused> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let at = self.stack.len().checked_sub(count).ok_or(DAMAGED)?;
        if at < floor {
            return Err(DAMAGED);
        }
        Ok(self.stack.split_off(at))
    }

    fn pop_mark(&mut self) -> Result<Vec<usize>, Refused> {
        let mark = self.marks.pop().ok_or(DAMAGED)?;
        Ok(self.stack.split_off(mark))
    }

    /// What lies on top.
    fn top(&self) -> Result<usize, Refused> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.get(floor..).and_then(<[usize]>::last);
        top.copied().ok_or(DAMAGED)
    }

    fn extend_list(&mut self, items: Vec<usize>) -> Result<(), Refused> {
        let top = self.top()?;
        match &mut self.nodes[top] {
            Node::List(list) => list.extend(items),
            _ => return Err(DAMAGED),
        }
        Ok(())
    }

    /// Adds items that are keys and values in turn.
    fn extend_map(&mut self, items: Vec<usize>) -> Result<(), Refused> {
        let top = self.top()?;
        match &mut self.nodes[top] {
            Node::Map(map) if items.len() % 2 == 0 => map.extend(items),
            _ => return Err(DAMAGED),
        }
        Ok(())
    }

    fn memoize(&mut self, at: u32) -> Result<(), Refused> {
        let top = self.top()?;
        if self.memo.len() >= MAX_VALUES {
            return Err(TOO_LARGE);
        }
        self.memo.insert(at, top);
        Ok(())
    }

    fn recall(&mut self, at: u32) -> Result<(), Refused> {
        let number = *self.memo.get(&at).ok_or(DAMAGED)?;
        self.push_number(number)
    }

    /// Builds a value of what lies in it, which may be the value itself.
    fn value(
        &self,
        number: usize,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<OwnedValue, Refused> {
        let inside = || depth.checked_sub(1).ok_or(TOO_DEEP);
        Ok(match &self.nodes[number] {
            Node::Value(value) => {
                budget.take(0)?;
                value.clone()
            }
            Node::Text(text) => {
                budget.take(text.len())?;
                OwnedValue::Text(text.clone().into_owned())
            }
            Node::Bytes(bytes) => {
                budget.take(bytes.len())?;
                OwnedValue::Bytes(bytes.to_vec())
            }
            Node::List(items) => {
                budget.take(0)?;
                let depth = inside()?;
                let values = items.iter().map(|item| self.value(*item, depth, budget));
                OwnedValue::List(values.collect::<Result<_, _>>()?)
            }
            Node::Map(items) => {
                budget.take(0)?;
                let depth = inside()?;
                let mut map = Vec::new();
                for pair in items.chunks_exact(2) {
                    let key = match self.value(pair[0], depth, budget)? {
                        OwnedValue::Text(key) => key,
                        other => other.to_string(),
                    };
                    map.push((key, self.value(pair[1], depth, budget)?));
                }
                OwnedValue::Map(map)
            }
        })
    }
}

/// Reads Python's encoding of a string in a line: Latin-1, and escapes of four and eight digits.
fn raw_unicode(line: &[u8]) -> Result<String, Refused> {
    let line: String = line.iter().map(|byte| char::from(*byte)).collect();
    let mut parts = line.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = match part.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'U') => 8,
            // Python escapes each backslash.
            _ => return Err(DAMAGED),
        };
        let code = part.get(1..=digits).ok_or(DAMAGED)?;
        let code = u32::from_str_radix(code, 16).map_err(|_| DAMAGED)?;
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        text.push_str(&part[digits + 1..]);
    }
    Ok(text)
}
