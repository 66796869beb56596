//! Each way of logging, with each order of installation and each front: once in the tree.
//!
//! Without a scene among its arguments, the program plays all, each in a process of its own:
//! backends and default subscribers are installed once for a process.

mod caps;
mod feedback;
mod scene;

use std::process::{Command, ExitCode};
use std::{env, iter};

use scene::{Front, Order};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "feedback", way] => feedback::play(way),
        [features, order, front] => scene::play(features, Order::of(order), Front::of(front)),
        ["max-level"] => caps::play(),
        [features] => play_all(features),
        _ => panic!("expected the features of tracing, found {arguments:?}"),
    }
}

fn play_all(features: &str) -> ExitCode {
    let fronts = ["subscriber", "layer"];
    let scenes = Order::ALL
        .iter()
        .flat_map(|(order, _)| fronts.map(|front| [*order, front]));
    let feedback =
        iter::zip(iter::repeat("feedback"), feedback::WAYS).map(|(scene, way)| [scene, way]);
    let mut code = ExitCode::SUCCESS;
    for [scene, detail] in scenes.chain(feedback) {
        let played = Command::new(env::current_exe().unwrap())
            .args([features, scene, detail])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&played.stdout);
        println!("{features:<10} {scene:<14} {detail:<14} {}", text.trim());
        if !played.status.success() {
            println!("{}", String::from_utf8_lossy(&played.stderr));
            code = ExitCode::FAILURE;
        }
    }
    code
}
