//! What a value of the facade is: [`Scalar::visit`].

use log::kv::{self, Value, VisitValue};

#[cfg(feature = "kv-serde")]
use crate::record::structured::structured;
use crate::record::value::Scalar;

impl Scalar<'_> {
    /// Passes `read` what a facade value is.
    pub(crate) fn visit<R>(value: &Value<'_>, read: impl FnOnce(Scalar<'_>) -> R) -> R {
        let mut visitor = Visitor {
            read: Some(read),
            result: None,
        };
        // The visitor never fails; a value that visits nothing is null.
        let _ = value.visit(&mut visitor);
        let Visitor { read, result } = visitor;
        match (result, read) {
            (Some(result), _) => result,
            (None, Some(read)) => read(Scalar::Null),
            (None, None) => unreachable!("`read` is used up only where there is a result"),
        }
    }
}

struct Visitor<F, R> {
    read: Option<F>,
    result: Option<R>,
}

impl<F: FnOnce(Scalar<'_>) -> R, R> Visitor<F, R> {
    fn take(&mut self, scalar: Scalar<'_>) -> Result<(), kv::Error> {
        if let Some(read) = self.read.take() {
            self.result = Some(read(scalar));
        }
        Ok(())
    }
}

impl<'v, F: FnOnce(Scalar<'_>) -> R, R> VisitValue<'v> for Visitor<F, R> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), kv::Error> {
        #[cfg(feature = "kv-serde")]
        if let Some(value) = structured(&value) {
            return self.take(value.as_scalar());
        }
        self.take(Scalar::Other(&value))
    }

    fn visit_null(&mut self) -> Result<(), kv::Error> {
        self.take(Scalar::Null)
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        self.take(Scalar::Bool(value))
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        self.take(Scalar::Signed(value.into()))
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        self.take(Scalar::Unsigned(value.into()))
    }

    fn visit_i128(&mut self, value: i128) -> Result<(), kv::Error> {
        self.take(Scalar::Signed(value))
    }

    fn visit_u128(&mut self, value: u128) -> Result<(), kv::Error> {
        self.take(Scalar::Unsigned(value))
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        self.take(Scalar::Float(value))
    }

    fn visit_str(&mut self, value: &str) -> Result<(), kv::Error> {
        self.take(Scalar::Text(value))
    }

    fn visit_char(&mut self, value: char) -> Result<(), kv::Error> {
        self.take(Scalar::Text(value.encode_utf8(&mut [0; 4])))
    }
}
