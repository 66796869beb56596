//! TOML, by `toml`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::node::{Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::limits::{MAX_DEPTH, too_deep};
use crate::config::syntax::map_builder::MapBuilder;

pub(super) fn read(text: &str) -> Result<Node, RawProblem> {
    let table = DeTable::parse(text).map_err(|error| {
        let place = error
            .span()
            .map_or(Place::Nowhere, |span| Place::Byte(span.start));
        RawProblem::new(place, format!("not TOML: {}", error.message()))
    })?;
    map(table.into_inner(), Place::Byte(0), 0)
}

fn map(table: DeTable<'_>, place: Place, depth: usize) -> Result<Node, RawProblem> {
    let mut entries = MapBuilder::default();
    for (key, value) in table {
        let key_place = Place::Byte(key.span().start);
        entries.push(
            key.into_inner().into_owned(),
            key_place,
            node(value, depth + 1)?,
        )?;
    }
    Ok(Node::new(entries.finish(), place))
}

fn node(value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, RawProblem> {
    let place = Place::Byte(value.span().start);
    if depth > MAX_DEPTH {
        return Err(too_deep(place));
    }
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Integer(digits) => {
            let whole = i64::from_str_radix(digits.as_str(), digits.radix());
            Value::Whole(whole.map_err(|_| too_large(place, digits.as_str()))?)
        }
        DeValue::Float(digits) => {
            let float = digits.as_str().parse();
            Value::Float(float.map_err(|_| too_large(place, digits.as_str()))?)
        }
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(list) => {
            let nodes = list.into_iter().map(|value| node(value, depth + 1));
            Value::List(nodes.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => return map(table, place, depth),
    };
    Ok(Node::new(value, place))
}

fn too_large(place: Place, digits: &str) -> RawProblem {
    let digits: String = digits.chars().take(30).collect();
    RawProblem::new(
        place,
        format!("expected a number of 64 bits, found {digits}"),
    )
}
