//! `logtree check`.

use std::path::Path;

use logtree::config::{DictConfig, Factories};
use logtree::error::Problem;
use logtree::{Error, Registry};
use serde_json::{Value, json};

use crate::arguments::CheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Screen, escaped};

/// Checks configurations, and prints all problems of each.
pub(crate) fn check(screen: &mut Screen<'_>, arguments: &CheckArguments) -> Result<Exit, Failure> {
    if arguments.schema {
        screen.line(Factories::new().json_schema().trim_end())?;
        return Ok(Exit::Done);
    }
    let section = arguments.section.as_deref();
    let files = arguments.files.iter();
    let checked: Vec<_> = files.map(|file| (file, of_file(file, section))).collect();
    let failed = checked.iter().any(|(_, result)| result.is_err());
    if screen.json {
        let all = checked.iter().map(|(file, result)| {
            let problems = match result {
                Ok(()) => Vec::new(),
                Err(error) => error.problems().iter().map(problem_json).collect(),
            };
            let error = result.as_ref().err().map(ToString::to_string);
            json!({"file": file.display().to_string(), "error": error, "problems": problems})
        });
        let all = Value::Array(all.collect());
        screen.json(&all)?;
        return Ok(Exit::failed_if(failed));
    }
    for (file, result) in &checked {
        let file = escaped(&file.display().to_string());
        match result {
            Ok(()) => screen.line(&format!("{file}: ok"))?,
            Err(error) if error.problems().is_empty() => {
                let text = escaped(&Failure::new(error).message);
                screen.line(&format!("{file}: {text}"))?;
            }
            Err(error) => {
                for problem in error.problems() {
                    screen.line(&format!("{file}{}", problem_line(problem)))?;
                }
            }
        }
    }
    Ok(Exit::failed_if(failed))
}

fn of_file(file: &Path, section: Option<&str>) -> Result<(), Error> {
    let mut config = DictConfig::from_file(file)?;
    if let Some(section) = section {
        config = config.section(section)?;
    }
    // The names of levels of the program are not known; those of a registry are the built-in ones.
    config.check_in(&Registry::new())
}

/// Returns `:LINE:COLUMN: PATH: MESSAGE`, which editors can follow after the name of a file.
fn problem_line(problem: &Problem) -> String {
    let mut text = String::new();
    if let (Some(line), Some(column)) = (problem.line(), problem.column()) {
        text = format!(":{line}:{column}");
    }
    text.push_str(": ");
    if !problem.path().is_empty() {
        text.push_str(&format!("{}: ", problem.path()));
    }
    text.push_str(problem.message());
    if let Some(suggestion) = problem.suggestion() {
        text.push_str(&format!("; did you mean {suggestion:?}?"));
    }
    escaped(&text)
}

fn problem_json(problem: &Problem) -> Value {
    json!({
        "path": problem.path(),
        "line": problem.line(),
        "column": problem.column(),
        "message": problem.message(),
        "suggestion": problem.suggestion(),
    })
}
