//! How the value of a field is written, in any style: [`Spec`].

use crate::error::Error;
use crate::formatter::template::brace_spec::{BraceSpec, Lookup};
use crate::formatter::template::percent_spec::PercentSpec;
use crate::formatter::template::value::push_plain;
use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// How the value of a field is written.
#[derive(Clone, Debug)]
pub(crate) enum Spec {
    /// As it is: `%(x)s`, `{x}`, `$x`.
    Plain,
    Percent(PercentSpec),
    Brace(Box<BraceSpec>),
}

impl Spec {
    /// Appends a value.
    pub(crate) fn push(
        &self,
        value: Scalar<'_>,
        lookup: Lookup<'_>,
        out: &mut LineBuf,
    ) -> Result<(), Error> {
        match self {
            Self::Plain => push_plain(value, out),
            Self::Percent(spec) => spec.push(value, out)?,
            Self::Brace(spec) => spec.push(value, lookup, out)?,
        }
        Ok(())
    }

    /// Reports whether it writes the text of a value, whatever its type.
    pub(crate) fn writes_text(&self) -> bool {
        match self {
            Self::Plain => true,
            Self::Percent(spec) => spec.writes_text(),
            Self::Brace(spec) => spec.writes_text(),
        }
    }

    /// Appends a replacement for a value, padded to the width.
    pub(crate) fn push_instead(&self, text: &str, out: &mut LineBuf) {
        match self {
            Self::Plain => out.push_str(text),
            Self::Percent(spec) => spec.push_instead(text, out),
            Self::Brace(spec) => spec.push_instead(text, out),
        }
    }
}
