//! Python's literals, as the `args` and `kwargs` of an INI file are written: read, never evaluated.
//!
//! Texts, numbers, `None`, truth values, tuples, lists, dicts and dotted names (`sys.stdout`, which becomes `ext://sys.stdout`).
//! Of arithmetic there is what people write for sizes: products of whole numbers.

use super::{MAX_DEPTH, MapBuilder, too_deep};
use crate::config::node::{Node, Place, Value};
use crate::config::problems::Trouble;

/// Reads one literal; `start` is where the text stands in the file, in bytes.
pub(super) fn read(text: &str, start: usize) -> Result<Node, Trouble> {
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

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes a character, if it is the next one behind space.
    fn takes(&mut self, wanted: char) -> bool {
        self.skip_space();
        let takes = self.rest().starts_with(wanted);
        self.at += if takes { wanted.len_utf8() } else { 0 };
        takes
    }

    fn wrong(&self, expected: &str) -> Trouble {
        let found = match self.peek() {
            Some(found) => format!("{found:?}"),
            None => "the end".to_owned(),
        };
        Trouble::new(self.place(), format!("{expected}, found {found}"))
    }

    fn value(&mut self, depth: usize) -> Result<Node, Trouble> {
        self.skip_space();
        let place = self.place();
        if depth > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let value = match self.peek() {
            Some('(') => self.sequence(')', depth)?,
            Some('[') => self.sequence(']', depth)?,
            Some('{') => self.dict(depth)?,
            Some('\'' | '"') => Value::Text(self.texts()?),
            Some('-' | '+' | '.' | '0'..='9') => self.number()?,
            Some(first) if first.is_alphabetic() || first == '_' => self.word()?,
            _ => {
                return Err(
                    self.wrong("expected a literal: a text, number, tuple, list, dict or name")
                );
            }
        };
        Ok(Node::new(value, place))
    }

    /// A list or tuple; one value in round brackets without a comma is that value.
    fn sequence(&mut self, end: char, depth: usize) -> Result<Value, Trouble> {
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

    fn dict(&mut self, depth: usize) -> Result<Value, Trouble> {
        self.at += 1;
        let mut map = MapBuilder::default();
        while !self.takes('}') {
            self.skip_space();
            let place = self.place();
            let Some('\'' | '"') = self.peek() else {
                return Err(self.wrong("expected a text as a key"));
            };
            let key = self.texts()?;
            if !self.takes(':') {
                return Err(self.wrong("expected a colon behind the key"));
            }
            let value = self.value(depth + 1)?;
            map.push(key, place, value)?;
            if !self.takes(',') && !self.rest().starts_with('}') {
                return Err(self.wrong("expected a comma or the closing bracket"));
            }
        }
        Ok(map.finish())
    }

    /// A text, or several in a row, which are one.
    fn texts(&mut self) -> Result<String, Trouble> {
        let mut all = String::new();
        while let Some(quote @ ('\'' | '"')) = self.peek() {
            self.text(quote, false, &mut all)?;
            self.skip_space();
        }
        Ok(all)
    }

    fn text(&mut self, quote: char, raw: bool, all: &mut String) -> Result<(), Trouble> {
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

    fn escape(&mut self, all: &mut String) -> Result<(), Trouble> {
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
            // As Python has it: an escape that is none stays as it is.
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

    fn number(&mut self) -> Result<Value, Trouble> {
        let first = self.factor()?;
        let Value::Whole(mut product) = first else {
            return Ok(first);
        };
        while self.takes('*') {
            self.skip_space();
            let place = self.place();
            let Value::Whole(factor) = self.factor()? else {
                return Err(Trouble::new(
                    place,
                    "expected a whole number to multiply by",
                ));
            };
            let too_large = || Trouble::new(place, "expected a product of at most 64 bits");
            product = product.checked_mul(factor).ok_or_else(too_large)?;
        }
        Ok(Value::Whole(product))
    }

    fn factor(&mut self) -> Result<Value, Trouble> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
        let rest = self.rest();
        let digits = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let plain = digits.replace('_', "");
        let (sign, unsigned) = match plain.strip_prefix('-') {
            Some(unsigned) => ("-", unsigned),
            None => ("", &*plain),
        };
        let radix = |prefix: &str, radix| {
            let digits = unsigned.strip_prefix(prefix)?;
            i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
        };
        let whole = plain.parse().ok();
        let whole = whole.or_else(|| radix("0x", 16)).or_else(|| radix("0o", 8));
        let is_decimal = plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let value = match (whole, plain.parse()) {
            (Some(whole), _) => Value::Whole(whole),
            (None, Ok(float)) if is_decimal => Value::Float(float),
            _ => return Err(self.wrong("expected a number")),
        };
        self.at += digits.len();
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, Trouble> {
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
        if self.takes('(') {
            return Err(Trouble::new(
                place,
                format!("expected a literal, found a call of {word}: code is not run"),
            ));
        }
        Ok(match &*word {
            "None" => Value::Null,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            name => Value::Text(format!("ext://{name}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut out = String::new();
        match read(text, 0) {
            Ok(node) => node.write_canonical(&mut out),
            Err(trouble) => out = trouble.message.into_owned(),
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
    }

    #[test]
    fn code_is_not_run() {
        for (code, says) in [
            ("(os.system('rm -rf /'),)", "a call of os.system"),
            ("(open('x'),)", "a call of open"),
            ("(lambda: 1,)", "expected a comma"),
            ("('a' if x else 'b',)", "expected a comma"),
            ("(2**80,)", "expected a number"),
            ("(9999999999*9999999999,)", "at most 64 bits"),
            ("(x", "closing bracket"),
            ("('x", "closing quote"),
            ("{1: 2}", "a text as a key"),
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
