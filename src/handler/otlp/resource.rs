//! What a process is: the resource of OTLP.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;

use crate::handler::otlp::environment::Environment;
use crate::handler::otlp::record::{any, key_value, value_of};
use crate::record::OwnedValue;
use crate::sys::host;
use crate::sys::host_name::host_name;

/// The attributes of a resource, without those that a fork changes.
#[derive(Clone, Debug)]
pub(super) struct ResourceOf {
    attributes: Vec<(String, OwnedValue)>,
    /// Makes a number of each process of this handler.
    seed: RandomState,
}

impl ResourceOf {
    /// What the program sets comes before what the environment says, and both before what is found.
    pub(super) fn new(environment: &Environment, set: &[(String, OwnedValue)]) -> Self {
        let mut attributes = set.to_vec();
        let mut add = |key: &str, value: OwnedValue| {
            if attributes.iter().all(|(known, _)| known != key) {
                attributes.push((key.to_owned(), value));
            }
        };
        if let Some(name) = &environment.service_name {
            add("service.name", name.as_str().into());
        }
        for (key, value) in &environment.resource {
            add(key, value.as_str().into());
        }
        add(
            "service.name",
            format!("unknown_service:{}", program()).into(),
        );
        add("host.name", host_name().into());
        add("telemetry.sdk.name", "logtree".into());
        add("telemetry.sdk.language", "rust".into());
        add("telemetry.sdk.version", env!("CARGO_PKG_VERSION").into());
        Self {
            attributes,
            seed: RandomState::new(),
        }
    }

    /// Returns the resource of the present process.
    pub(super) fn message(&self) -> Resource {
        let process = host::process_id();
        let attributes = self.attributes.iter();
        let attributes =
            attributes.map(|(key, value)| key_value(key, value_of(value.as_scalar(), 0)));
        let mut resource = Resource {
            attributes: attributes.collect(),
            ..Resource::default()
        };
        let mut add = |key: &str, value: Value| {
            if resource.attributes.iter().all(|known| known.key != key) {
                resource.attributes.push(key_value(key, any(value)));
            }
        };
        add("process.pid", Value::IntValue(process.into()));
        add(
            "service.instance.id",
            Value::StringValue(self.instance(process)),
        );
        resource
    }

    /// A random UUID, the same for all that this handler sends in one process.
    fn instance(&self, process: u32) -> String {
        let half = |which: u8| self.seed.hash_one((process, which));
        let high = half(0) & !0xf000 | 0x4000;
        let low = half(1) & !(3 << 62) | 1 << 63;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

/// The name of the program's file.
fn program() -> String {
    let path = env::args_os().next().map(PathBuf::from);
    let name = path.as_ref().and_then(|path| path.file_name());
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(resource: &Resource, key: &str) -> String {
        let found = resource.attributes.iter().find(|known| known.key == key);
        match found.and_then(|found| found.value.clone()?.value) {
            Some(Value::StringValue(text)) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_the_program_sets_comes_first() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let environment = Environment {
            service_name: Some("named".to_owned()),
            resource: vec![
                pair("service.name", "listed"),
                pair("a", "1"),
                pair("b", "2"),
            ],
            ..Environment::default()
        };
        let set = [("a".to_owned(), OwnedValue::from("set"))];
        let resource = ResourceOf::new(&environment, &set).message();
        assert_eq!(text(&resource, "service.name"), "named");
        assert_eq!(
            (text(&resource, "a"), text(&resource, "b")),
            ("set".into(), "2".into())
        );
        assert_eq!(text(&resource, "telemetry.sdk.name"), "logtree");
        let mut keys: Vec<_> = resource.attributes.iter().map(|known| &known.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), resource.attributes.len());

        let found = ResourceOf::new(&Environment::default(), &[]).message();
        assert!(text(&found, "service.name").starts_with("unknown_service:"));
        assert!(!text(&found, "host.name").is_empty());
    }

    #[test]
    fn an_instance_is_a_uuid_for_each_process() {
        let resource = ResourceOf::new(&Environment::default(), &[]);
        let id = resource.instance(7);
        assert_eq!(
            (id.len(), &id[14..15], resource.instance(7) == id),
            (36, "4", true)
        );
        assert!(
            "89ab".contains(&id[19..20]) && resource.instance(8) != id,
            "{id}"
        );
    }
}
