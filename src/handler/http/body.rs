//! The forms of what is sent: [`HttpBody`].

/// What an [`HttpHandler`](crate::handler::HttpHandler) sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpBody {
    /// A `GET` request for each record: its attributes by Python's names in the query of the
    /// address. Longer ones than 64 KiB are cut.
    Query,
    /// A `POST` request for each record: its attributes by Python's names as a form.
    Form,
    /// A `POST` request for each record, which its formatter writes as a JSON object.
    #[default]
    Json,
    /// A `POST` request for many records, each a JSON object on a line of its own
    /// (`application/x-ndjson`).
    NdJson,
    /// A `POST` request for many records, as a JSON array of objects.
    JsonArray,
}

impl HttpBody {
    /// Whether records are written as Python's dictionaries, and not by a formatter.
    pub(super) fn is_form(self) -> bool {
        matches!(self, Self::Query | Self::Form)
    }

    /// Whether a request takes more than one record.
    pub(super) fn takes_many(self) -> bool {
        matches!(self, Self::NdJson | Self::JsonArray)
    }

    /// The media type; a query has none.
    pub(super) fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Query => None,
            Self::Form => Some("application/x-www-form-urlencoded"),
            Self::Json | Self::JsonArray => Some("application/json"),
            Self::NdJson => Some("application/x-ndjson"),
        }
    }
}
