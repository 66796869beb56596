//! The variables by which OpenTelemetry's exporters are set up: [`Environment`].

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorKind};

/// What the variables say. A variable that is empty counts as not set.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    pub(super) endpoint: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) gzip: bool,
    pub(super) certificates: Option<PathBuf>,
    pub(super) service_name: Option<String>,
    pub(super) resource: Vec<(String, String)>,
    pub(super) linger: Option<Duration>,
    pub(super) batch_records: Option<usize>,
    pub(super) max_records: Option<usize>,
}

impl Environment {
    /// # Errors
    /// For a variable that cannot be obeyed. The error names it, and does not show what it holds.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let given = |name: &str| {
            let value = variable(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        // The one for logs, before the one for all signals.
        let of_logs = |name: &'static str| {
            let logs = format!("OTEL_EXPORTER_OTLP_LOGS_{name}");
            let all = format!("OTEL_EXPORTER_OTLP_{name}");
            [logs, all]
                .into_iter()
                .find_map(|name| Some((given(&name)?, name)))
        };
        if let Some((protocol, name)) = of_logs("PROTOCOL") {
            if protocol != "http/protobuf" {
                return Err(refused(
                    &name,
                    "this handler sends http/protobuf only; the package `opentelemetry-otlp` has \
                     gRPC and JSON",
                ));
            }
        }
        let endpoint = given("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT").or_else(|| {
            let base = given("OTEL_EXPORTER_OTLP_ENDPOINT")?;
            Some(format!("{}/v1/logs", base.trim_end_matches('/')))
        });
        let gzip = match of_logs("COMPRESSION") {
            Some((value, name)) => match value.as_str() {
                "gzip" if cfg!(feature = "gzip") => true,
                "gzip" => return Err(refused(&name, "gzip needs the feature `gzip`")),
                "none" => false,
                _ => return Err(refused(&name, "expected gzip or none")),
            },
            None => false,
        };
        let headers = of_logs("HEADERS");
        let headers = headers
            .map(|(list, name)| pairs(&list, &name))
            .transpose()?;
        let timeout = of_logs("TIMEOUT");
        let timeout = timeout
            .map(|(value, name)| number(&value, &name))
            .transpose()?;
        let certificates = of_logs("CERTIFICATE");
        if let (Some((_, name)), false) = (&certificates, cfg!(feature = "tls")) {
            return Err(refused(name, "certificates need the feature `tls`"));
        }
        let resource = "OTEL_RESOURCE_ATTRIBUTES";
        let resource = given(resource)
            .map(|list| pairs(&list, resource))
            .transpose()?;
        let numbered = |name: &'static str| {
            let value = given(name).map(|value| number(&value, name));
            value.transpose()
        };
        let count = |name| {
            let value = numbered(name)?;
            Ok::<_, Error>(value.map(|value| usize::try_from(value).unwrap_or(usize::MAX)))
        };
        Ok(Self {
            endpoint,
            headers: headers.unwrap_or_default(),
            timeout: timeout.map(Duration::from_millis),
            gzip,
            certificates: certificates.map(|(path, _)| path.into()),
            service_name: given("OTEL_SERVICE_NAME"),
            resource: resource.unwrap_or_default(),
            linger: numbered("OTEL_BLRP_SCHEDULE_DELAY")?.map(Duration::from_millis),
            batch_records: count("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE")?,
            max_records: count("OTEL_BLRP_MAX_QUEUE_SIZE")?,
        })
    }
}

fn refused(name: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::InvalidConfig,
        format!("the variable {name}: {why}"),
    )
}

/// Reads `key=value,key=value`, with percent signs for what the list cannot hold.
fn pairs(list: &str, name: &str) -> Result<Vec<(String, String)>, Error> {
    let pairs = list.split(',').filter(|pair| !pair.trim().is_empty());
    let decoded = |text: &str| {
        let text = percent_decode_str(text.trim()).decode_utf8().ok()?;
        Some(text.into_owned())
    };
    let pairs = pairs.map(|pair| {
        let (key, value) = pair.split_once('=')?;
        Some((decoded(key).filter(|key| !key.is_empty())?, decoded(value)?))
    });
    let pairs: Option<Vec<_>> = pairs.collect();
    pairs.ok_or_else(|| refused(name, "expected key=value pairs, separated by commas"))
}

fn number(value: &str, name: &str) -> Result<u64, Error> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| refused(name, "expected a whole number from 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, Error> {
        Environment::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn names_for_logs_win() {
        let environment = read(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318/base/"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:1"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"),
            (
                "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
                "api-key=a%20b%2C, x = y=z ,",
            ),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "2500"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"),
            ("OTEL_SERVICE_NAME", "shop"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment=a%3Db,service.name=other",
            ),
            ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "7"),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "70"),
        ]);
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let expected = Environment {
            endpoint: Some("http://logs:1".to_owned()),
            headers: vec![pair("api-key", "a b,"), pair("x", "y=z")],
            timeout: Some(Duration::from_millis(2500)),
            gzip: false,
            certificates: None,
            service_name: Some("shop".to_owned()),
            resource: vec![
                pair("deployment.environment", "a=b"),
                pair("service.name", "other"),
            ],
            linger: Some(Duration::from_millis(200)),
            batch_records: Some(7),
            max_records: Some(70),
        };
        assert_eq!(environment.unwrap(), expected);
    }

    #[test]
    fn the_path_follows_the_address_for_all_signals() {
        for (base, expected) in [
            ("http://host:4318", "http://host:4318/v1/logs"),
            ("http://host/otlp/", "http://host/otlp/v1/logs"),
        ] {
            let environment = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", base)]).unwrap();
            assert_eq!(environment.endpoint.as_deref(), Some(expected));
        }
        assert_eq!(
            read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]).unwrap(),
            Environment::default()
        );
    }

    #[test]
    fn what_cannot_be_obeyed_is_named_and_not_shown() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "s3cret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "s3cret"),
            ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "=s3cret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=s3cret%ff"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "0"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "1s"),
            ("OTEL_RESOURCE_ATTRIBUTES", "s3cret"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("s3cret"), "{error}");
        }
        let error = read(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap_err();
        assert!(error.to_string().contains("opentelemetry-otlp"), "{error}");
    }
}
