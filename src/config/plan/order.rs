//! The order in which handlers are built.

use std::collections::{HashMap, VecDeque};

use crate::config::plan::plan::HandlerPlan;

/// Sorts handlers so that each one comes after those that it refers to. Also returns those that
/// refer to each other in a circle.
pub(super) fn in_order(plans: Vec<HandlerPlan>) -> (Vec<HandlerPlan>, Vec<HandlerPlan>) {
    let by_name: HashMap<String, usize> = plans
        .iter()
        .enumerate()
        .map(|(number, plan)| (plan.name.clone(), number))
        .collect();
    // What each handler waits for, and which handlers wait for it. One with errors of its own is
    // not waited for.
    let needs: Vec<Vec<usize>> = plans
        .iter()
        .map(|plan| {
            plan.needs
                .iter()
                .filter_map(|name| by_name.get(name).copied())
                .collect()
        })
        .collect();
    let mut waits: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); plans.len()];
    for (number, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|&need| waiting[need].push(number));
    }
    let mut ready: VecDeque<usize> = (0..plans.len())
        .filter(|&number| waits[number] == 0)
        .collect();
    let mut plans: Vec<Option<HandlerPlan>> = plans.into_iter().map(Some).collect();
    let mut fingerprints = vec![0; plans.len()];
    let mut ordered = Vec::with_capacity(plans.len());
    while let Some(number) = ready.pop_front() {
        let Some(mut plan) = plans[number].take() else {
            continue;
        };
        for &need in &needs[number] {
            plan.fingerprints.handler.add(fingerprints[need]);
        }
        fingerprints[number] = plan.fingerprints.handler.value();
        ordered.push(plan);
        for &next in &waiting[number] {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push_back(next);
            }
        }
    }
    (ordered, plans.into_iter().flatten().collect())
}
