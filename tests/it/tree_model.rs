//! The tree against a naive model, over random operations.

use std::collections::BTreeMap;

use logtree::{Level, Registry};

use crate::support::Random;

/// What CPython's manager computes, by walking up names for each question.
#[derive(Default)]
struct Model {
    loggers: BTreeMap<String, Node>,
    root: Node,
    disabled_up_to: u16,
}

#[derive(Default)]
struct Node {
    level: u16,
    disabled: bool,
}

impl Model {
    /// CPython's scan: from the right, and on before the character in front of the dot that was
    /// found.
    fn ancestors(name: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut end = name.len();
        while let Some(dot) = name[..end].rfind('.').filter(|&dot| dot > 0) {
            found.push(&name[..dot]);
            end = dot - 1;
        }
        found
    }

    fn parent<'m>(&'m self, name: &str) -> Option<(&'m str, &'m Node)> {
        Self::ancestors(name)
            .into_iter()
            .find_map(|prefix| self.loggers.get_key_value(prefix))
            .map(|(n, node)| (&**n, node))
    }

    fn effective(&self, name: &str) -> u16 {
        let mut name = name;
        while name != "root" {
            match self.loggers[name].level {
                0 => name = self.parent(name).map_or("root", |(parent, _)| parent),
                level => return level,
            }
        }
        self.root.level
    }

    fn enabled(&self, name: &str, level: u16) -> bool {
        !self.loggers[name].disabled
            && level > self.disabled_up_to
            && level >= self.effective(name)
            && level != u16::MAX
    }
}

#[test]
fn random_operations_agree_with_the_model() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let registry = Registry::new();
        let mut model = Model {
            root: Node {
                level: 30,
                disabled: false,
            },
            ..Model::default()
        };
        for _ in 0..120 {
            step(&mut random, &registry, &mut model);
        }
        check(&registry, &model, seed);
    }
}

fn step(random: &mut Random, registry: &Registry, model: &mut Model) {
    const LEVELS: [u16; 6] = [0, 5, 10, 30, 50, u16::MAX];
    let name: String = {
        // Few parts, so that names meet; dots in odd places too.
        let parts = ["a", "b", ".", "", "root", "r"];
        let count = 1 + random.below(5);
        (0..count)
            .map(|_| parts[random.below(parts.len())])
            .collect::<Vec<_>>()
            .join(if random.below(8) == 0 { "" } else { "." })
    };
    if name.is_empty() || name == "root" {
        let level = LEVELS[random.below(LEVELS.len())];
        registry.root().set_level(level);
        model.root.level = level;
        return;
    }
    let logger = registry.get_logger(&name);
    let node = model.loggers.entry(name).or_default();
    match random.below(6) {
        0 | 1 => {
            let level = LEVELS[random.below(LEVELS.len())];
            logger.set_level(level);
            node.level = level;
        }
        2 => {
            let disabled = random.below(2) == 0;
            logger.set_disabled(disabled);
            node.disabled = disabled;
        }
        3 => {
            let level = [0, 0, 10, 40][random.below(4)];
            registry.disable(level);
            model.disabled_up_to = level;
        }
        _ => {}
    }
}

fn check(registry: &Registry, model: &Model, seed: u64) {
    assert_eq!(
        registry.logger_names(),
        model.loggers.keys().cloned().collect::<Vec<_>>(),
        "seed {seed}"
    );
    for name in model.loggers.keys() {
        let logger = registry.get_logger(name);
        let parent = model.parent(name).map_or("root", |(parent, _)| parent);
        assert_eq!(
            logger.parent().unwrap().name(),
            parent,
            "seed {seed}: parent of {name:?}"
        );
        assert_eq!(
            logger.effective_level(),
            Level::new(model.effective(name)),
            "seed {seed}: level of {name:?}"
        );
        for level in [1, 5, 9, 10, 30, 50, 65_534, u16::MAX] {
            assert_eq!(
                logger.is_enabled_for(level),
                model.enabled(name, level),
                "seed {seed}: {name:?} at {level}"
            );
        }
        let mut children: Vec<_> = logger
            .children()
            .iter()
            .map(|child| child.name().to_owned())
            .collect();
        children.sort();
        let expected: Vec<_> = model
            .loggers
            .keys()
            .filter(|child| Model::ancestors(child).first() == Some(&&**name))
            .collect();
        assert!(
            children.iter().eq(expected),
            "seed {seed}: children of {name:?}"
        );
    }
}
