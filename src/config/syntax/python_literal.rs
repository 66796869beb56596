//! Python literals, used in the `args` and `kwargs` of an INI file; code is not evaluated.
//!
//! Strings, numbers, `None`, booleans, tuples, lists, dicts, level names (`ERROR`, which is 40) and
//! other dotted names (`sys.stdout`, which becomes `ext://sys.stdout`). Sizes can be written with
//! arithmetic, `5*1024**2`: 64-bit integers with `+`, `-`, `*`, `//`, `%`, `**` and `<<`.

use crate::config::node::{Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::limits::{MAX_DEPTH, too_deep};
use crate::config::syntax::map_builder::MapBuilder;
use crate::level::Level;

/// Reads one literal; `start` is the position of the text in the file, in bytes.
pub(super) fn read(text: &str, start: usize) -> Result<Node, RawProblem> {
    let mut parser = Parser { text, start, at: 0 };
    let node = parser.value(0)?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.wrong("expected the end of the value"));
    }
    Ok(node)
}

struct Parser<'t> {
    text: &'t str,
    start: usize,
    at: usize,
}

impl Parser<'_> {
    fn place(&self) -> Place {
        Place::Byte(self.start + self.at)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips whitespace and comments.
    fn skip_space(&mut self) {
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Consumes a character, if it is the next one after whitespace.
    fn takes(&mut self, wanted: char) -> bool {
        self.skip_space();
        let takes = self.rest().starts_with(wanted);
        self.at += if takes { wanted.len_utf8() } else { 0 };
        takes
    }

    fn wrong(&self, expected: &str) -> RawProblem {
        let found = match self.peek() {
            Some(found) => format!("{found:?}"),
            None => "the end".to_owned(),
        };
        RawProblem::new(self.place(), format!("{expected}, found {found}"))
    }

    /// Parses a literal or an arithmetic expression.
    fn value(&mut self, depth: usize) -> Result<Node, RawProblem> {
        self.operation(depth, 0)
    }

    /// Parses an expression of operators of a rank and those that bind tighter.
    fn operation(&mut self, depth: usize, rank: usize) -> Result<Node, RawProblem> {
        let Some(operators) = OPERATORS.get(rank) else {
            return self.factor(depth);
        };
        let mut left = self.operation(depth, rank + 1)?;
        while let Some(operator) = self.operator(operators) {
            let place = self.place();
            let right = self.operation(depth, rank + 1)?;
            left.value = calculate(&left.value, operator, &right.value)
                .map_err(|message| RawProblem::new(place, message))?;
        }
        Ok(left)
    }

    /// Consumes one of these operators, if one is next.
    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        self.skip_space();
        let rest = self.rest();
        let operator = operators.iter().find(|operator| {
            // `*` must not match the start of `**`.
            rest.starts_with(**operator) && !(**operator == "*" && rest.starts_with("**"))
        })?;
        self.at += operator.len();
        Some(operator)
    }

    /// Parses a literal with its signs and powers. As in Python, a power binds tighter than a sign
    /// to its left.
    fn factor(&mut self, depth: usize) -> Result<Node, RawProblem> {
        self.skip_space();
        let place = self.place();
        if depth > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let wrong = |message: &'static str| RawProblem::new(place, message);
        if let Some(sign) = self.operator(&["-", "+"]) {
            let mut node = self.factor(depth + 1)?;
            node.value = match (node.value, sign) {
                (Value::Float(value), "-") => Value::Float(-value),
                (value @ Value::Float(_), _) => value,
                (value, _) => calculate(&Value::Whole(0), sign, &value).map_err(wrong)?,
            };
            return Ok(node);
        }
        let mut node = self.literal(depth)?;
        if self.operator(&["**"]).is_some() {
            let power = self.factor(depth + 1)?;
            node.value = calculate(&node.value, "**", &power.value).map_err(wrong)?;
        }
        Ok(node)
    }

    fn literal(&mut self, depth: usize) -> Result<Node, RawProblem> {
        let place = self.place();
        let value = match self.peek() {
            Some('(') => self.sequence(')', depth)?,
            Some('[') => self.sequence(']', depth)?,
            Some('{') => self.dict(depth)?,
            Some('\'' | '"') => Value::Text(self.texts()?),
            Some('.' | '0'..='9') => self.number()?,
            Some(first) if first.is_alphabetic() || first == '_' => self.word()?,
            _ => {
                return Err(
                    self.wrong("expected a literal: a string, number, tuple, list, dict or name")
                );
            }
        };
        Ok(Node::new(value, place))
    }

    /// Parses a list or tuple; a single value in parentheses without a comma is that value.
    fn sequence(&mut self, end: char, depth: usize) -> Result<Value, RawProblem> {
        self.at += 1;
        let (mut nodes, mut commas) = (Vec::new(), 0);
        while !self.takes(end) {
            if nodes.len() > commas {
                return Err(self.wrong("expected a comma or the closing bracket"));
            }
            nodes.push(self.value(depth + 1)?);
            commas += usize::from(self.takes(','));
        }
        match nodes.pop() {
            Some(only) if end == ')' && commas == 0 => Ok(only.value),
            Some(last) => {
                nodes.push(last);
                Ok(Value::List(nodes))
            }
            None => Ok(Value::List(nodes)),
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, RawProblem> {
        self.at += 1;
        let mut map = MapBuilder::default();
        while !self.takes('}') {
            self.skip_space();
            let place = self.place();
            let Some('\'' | '"') = self.peek() else {
                return Err(self.wrong("expected a string as a key"));
            };
            let key = self.texts()?;
            if !self.takes(':') {
                return Err(self.wrong("expected a colon after the key"));
            }
            let value = self.value(depth + 1)?;
            map.push(key, place, value)?;
            if !self.takes(',') && !self.rest().starts_with('}') {
                return Err(self.wrong("expected a comma or the closing bracket"));
            }
        }
        Ok(map.finish())
    }

    /// Parses adjacent strings, which are concatenated.
    fn texts(&mut self) -> Result<String, RawProblem> {
        let mut all = String::new();
        while let Some(quote @ ('\'' | '"')) = self.peek() {
            self.text(quote, false, &mut all)?;
            self.skip_space();
        }
        Ok(all)
    }

    fn text(&mut self, quote: char, raw: bool, all: &mut String) -> Result<(), RawProblem> {
        self.at += 1;
        loop {
            let Some(next) = self.peek() else {
                return Err(self.wrong("expected the closing quote"));
            };
            self.at += next.len_utf8();
            match next {
                _ if next == quote => return Ok(()),
                '\\' if raw => {
                    all.push('\\');
                    all.extend(self.peek());
                    self.at += self.peek().map_or(0, char::len_utf8);
                }
                '\\' => self.escape(all)?,
                _ => all.push(next),
            }
        }
    }

    fn escape(&mut self, all: &mut String) -> Result<(), RawProblem> {
        let Some(kind) = self.peek() else {
            return Err(self.wrong("expected the closing quote"));
        };
        self.at += kind.len_utf8();
        let digits = match kind {
            '\n' => return Ok(()),
            'n' => {
                all.push('\n');
                return Ok(());
            }
            't' => {
                all.push('\t');
                return Ok(());
            }
            'r' => {
                all.push('\r');
                return Ok(());
            }
            '\\' | '\'' | '"' => {
                all.push(kind);
                return Ok(());
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            // As in Python, an unknown escape is kept.
            _ => {
                all.extend(['\\', kind]);
                return Ok(());
            }
        };
        let code = self.rest().get(..digits);
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(character) = code.and_then(char::from_u32) else {
            return Err(self.wrong("expected the number of a character"));
        };
        all.push(character);
        self.at += digits;
        Ok(())
    }

    fn number(&mut self) -> Result<Value, RawProblem> {
        let rest = self.rest();
        let mut end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_')
            .unwrap_or(rest.len());
        let radixes = ["0x", "0X", "0o", "0O", "0b", "0B"];
        let is_radix = radixes.iter().any(|radix| rest.starts_with(radix));
        // Only the exponent of a number has a sign.
        if !is_radix && rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['-', '+']) {
            let digits = &rest[end + 1..];
            end += 1 + digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
        }
        let value = number(&rest[..end]).ok_or_else(|| self.wrong("expected a number"))?;
        self.at += end;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, RawProblem> {
        let place = self.place();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let rest = self.rest();
        let word = rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].to_owned();
        self.at += word.len();
        if let (true, Some(quote @ ('\'' | '"'))) =
            (matches!(&*word, "r" | "R" | "u" | "U"), self.peek())
        {
            let mut text = String::new();
            self.text(quote, word.eq_ignore_ascii_case("r"), &mut text)?;
            self.skip_space();
            text.push_str(&self.texts()?);
            return Ok(Value::Text(text));
        }
        self.skip_space();
        let code = match self.peek() {
            Some('(') => Some("a call of"),
            Some('[') => Some("an index of"),
            Some('\'' | '"') => Some("a string after"),
            _ => None,
        };
        if let Some(code) = code {
            let message = format!("expected a literal, found {code} {word}: code is not run");
            return Err(RawProblem::new(place, message));
        }
        Ok(match &*word {
            "None" => Value::Null,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            name => match level(name) {
                Some(level) => Value::Whole(level.number().into()),
                None => Value::Text(format!("ext://{name}")),
            },
        })
    }
}

/// From the loosest to the tightest.
const OPERATORS: &[&[&str]] = &[&["<<"], &["+", "-"], &["*", "//", "%"]];

/// Calculates with two integers; floor division and remainder are Python's.
fn calculate(left: &Value, operator: &str, right: &Value) -> Result<Value, &'static str> {
    let (Value::Whole(left), Value::Whole(right)) = (left, right) else {
        return Err("expected whole numbers on both sides of an operator: code is not run");
    };
    let (left, right) = (*left, *right);
    let size = || u32::try_from(right).ok();
    let is_inexact = |remainder: i64| remainder != 0 && (remainder < 0) != (right < 0);
    let result = match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "**" => size().and_then(|power| left.checked_pow(power)),
        "<<" => size()
            .and_then(|bits| 1_i64.checked_shl(bits))
            .filter(|factor| *factor > 0)
            .and_then(|factor| left.checked_mul(factor)),
        "//" => left
            .checked_div(right)
            .zip(left.checked_rem(right))
            .map(|(quotient, remainder)| quotient - i64::from(is_inexact(remainder))),
        "%" => left
            .checked_rem(right)
            .map(|rest| if is_inexact(rest) { rest + right } else { rest }),
        _ => None,
    };
    let result = result.ok_or("expected the result to be a whole number of 64 bits")?;
    Ok(Value::Whole(result))
}

/// Parses an unsigned number in Python's notation.
fn number(digits: &str) -> Option<Value> {
    let plain = digits.replace('_', "");
    let radix = |prefixes: [&str; 2], radix| {
        let mut digits = prefixes
            .iter()
            .filter_map(|prefix| plain.strip_prefix(prefix));
        i64::from_str_radix(digits.next()?, radix).ok()
    };
    let whole = plain.parse().ok();
    let whole = whole.or_else(|| radix(["0x", "0X"], 16));
    let whole = whole.or_else(|| radix(["0o", "0O"], 8));
    if let Some(whole) = whole.or_else(|| radix(["0b", "0B"], 2)) {
        return Some(Value::Whole(whole));
    }
    let is_decimal = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let float = plain.parse().ok().filter(|_| is_decimal);
    float.map(Value::Float)
}

/// Returns a level by its name in the module `logging`.
fn level(name: &str) -> Option<Level> {
    Some(match name.strip_prefix("logging.").unwrap_or(name) {
        "CRITICAL" | "FATAL" => Level::CRITICAL,
        "ERROR" => Level::ERROR,
        "WARNING" | "WARN" => Level::WARNING,
        "INFO" => Level::INFO,
        "DEBUG" => Level::DEBUG,
        "NOTSET" => Level::NOTSET,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut out = String::new();
        match read(text, 0) {
            Ok(node) => node.write_canonical(0, &|node, _, _| node, &mut out),
            Err(problem) => out = problem.message.into_owned(),
        }
        out
    }

    #[test]
    fn literals_are_read_as_python_reads_them() {
        assert_eq!(canonical("()"), "[]");
        assert_eq!(canonical("(sys.stdout,)"), r#"["ext://sys.stdout",]"#);
        assert_eq!(
            canonical("('a.log', 'a', 10*1024*1024, 5, None, True)"),
            r#"["a.log","a",10485760,5,null,true,]"#
        );
        assert_eq!(
            canonical(r#"(r'c:\logs' "\x41\u00e9\n\q")"#),
            r#""c:\\logsAé\n\\q""#
        );
        assert_eq!(
            canonical("{'mode': 'w', \"n\": -0x10, 'f': [1.5, 1_000]}"),
            r#"{"mode":"w","n":-16,"f":[1.5,1000,],}"#
        );
        assert_eq!(
            canonical("(('localhost', 9000),)"),
            r#"[["localhost",9000,],]"#
        );
        assert_eq!(
            canonical("(10, ERROR, logging.WARN, NOTSET, handlers.SYSLOG_UDP_PORT)"),
            r#"[10,40,30,0,"ext://handlers.SYSLOG_UDP_PORT",]"#
        );
        assert_eq!(canonical("(1, # one\n 2) # both"), "[1,2,]");
    }

    /// The results are those of CPython.
    #[test]
    fn sizes_are_calculated() {
        for (text, value) in [
            ("5*1024**2", "5242880"),
            ("5 * 1024 ** 2", "5242880"),
            ("(1024*1024)", "1048576"),
            ("10*(1<<20)", "10485760"),
            ("2 + 3*4 - 1", "13"),
            ("1 << 2 + 1", "8"),
            ("-2**2", "-4"),
            ("2**-0", "1"),
            ("2**3**2", "512"),
            ("- -3", "3"),
            ("7//2", "3"),
            ("-7//2", "-4"),
            ("7//-2", "-4"),
            ("-7%3", "2"),
            ("7%-3", "-2"),
            ("5e7", "50000000.0"),
            ("1.5e-3", "0.0015"),
            ("-1e3", "-1000.0"),
            ("0b101", "5"),
            ("0X1F", "31"),
            ("1-1", "0"),
        ] {
            assert_eq!(canonical(text), value, "{text}");
        }
        for text in [
            "2**63",
            "2**-1",
            "1//0",
            "1%0",
            "1<<63",
            "1<<-1",
            "9**99**99",
            "'a'*3",
            "1.5*2",
            "ERROR + 'x'",
            "-'x'",
        ] {
            let found = canonical(text);
            assert!(found.contains("whole number"), "{text}: {found}");
        }
    }

    #[test]
    fn code_is_not_run() {
        for (code, says) in [
            ("(os.system('rm -rf /'),)", "a call of os.system"),
            ("(open('x'),)", "a call of open"),
            ("(lambda: 1,)", "expected a comma"),
            ("('a' if x else 'b',)", "expected a comma"),
            ("(2**80,)", "a whole number of 64 bits"),
            ("(9999999999*9999999999,)", "a whole number of 64 bits"),
            ("(sys.argv[1],)", "an index of sys.argv: code is not run"),
            ("(f'{home}/a.log',)", "a string after f: code is not run"),
            ("('%s.log' % name,)", "code is not run"),
            ("(x", "closing bracket"),
            ("('x", "closing quote"),
            ("{1: 2}", "a string as a key"),
            ("1 2", "the end of the value"),
            ("", "expected a literal"),
        ] {
            assert!(
                canonical(code).contains(says),
                "{code}: {}",
                canonical(code)
            );
        }
        assert!(canonical(&"[".repeat(100_000)).contains("at most 64 levels"));
    }
}
