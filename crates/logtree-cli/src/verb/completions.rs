//! `logtree completions`.

use clap::CommandFactory;
use clap_complete::Shell;
use serde::Deserialize;
use serde_json::json;

use crate::arguments::Cli;
use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;

/// Names of loggers, after the words that `clap_complete` knows.
const BASH: &str = r#"
_logtree_with_names() {
    _logtree "$@"
    local word="${COMP_WORDS[COMP_CWORD]}" name
    case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in
    *" set "* | *" clear "* | *" levels "*)
        [[ $word == -* || $word == *=* ]] && return
        while IFS= read -r name; do
            [[ $name == "$word"* ]] && COMPREPLY+=("$name")
        done < <(logtree complete-names 2>/dev/null)
        ;;
    esac
}
complete -F _logtree_with_names -o nosort -o bashdefault -o default logtree
"#;

const ZSH: &str = r#"
_logtree_names() {
    local -a names
    names=(${(f)"$(logtree complete-names 2>/dev/null)"})
    compadd -a names
}
"#;

const FISH: &str = r#"
complete -c logtree -n "__fish_seen_subcommand_from set clear levels" -f -a "(logtree complete-names 2>/dev/null)"
"#;

/// Prints a script that completes words, and names of loggers in bash, zsh and fish.
pub(crate) fn completions(screen: &mut Screen<'_>, shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "logtree", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => script.push_str(BASH),
        Shell::Zsh => {
            for argument in ["::names -- ", "::levels -- ", "::prefix -- "] {
                script = with_names(&script, argument);
            }
            script.push_str(ZSH);
        }
        Shell::Fish => script.push_str(FISH),
        _ => {}
    }
    match screen.json {
        true => screen.json(&json!({"shell": shell.to_string(), "script": script}))?,
        false => screen.line(script.trim_end())?,
    }
    Ok(Exit::Done)
}

/// Has zsh complete an argument by names: `'*::names -- Names of loggers:_default' \`.
fn with_names(script: &str, argument: &str) -> String {
    let lines = script.lines().map(|line| match line.contains(argument) {
        true => line.replace(":_default'", ":_logtree_names'"),
        false => line.to_owned(),
    });
    let lines: Vec<_> = lines.collect();
    lines.join("\n")
}

/// Prints the names of all loggers; only those that no shell takes for anything else.
pub(crate) fn complete_names(screen: &mut Screen<'_>, fleet: &Fleet) -> Result<Exit, Failure> {
    #[derive(Deserialize)]
    struct Loggers {
        loggers: Vec<Logger>,
    }
    #[derive(Deserialize)]
    struct Logger {
        name: String,
    }
    let replies = fleet.ask(|process| {
        let loggers = process.client.call(&Request::get("/v1/loggers"))?;
        loggers.read::<Loggers>()
    });
    let replies = replies.into_iter().filter_map(|reply| reply.result.ok());
    let names = replies
        .flat_map(|reply| reply.loggers)
        .map(|logger| logger.name);
    let is_plain = |name: &String| {
        let mut characters = name.chars();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        characters.all(is_part) && !name.starts_with('-') && !name.is_empty()
    };
    let mut names: Vec<_> = names.filter(is_plain).collect();
    names.sort();
    names.dedup();
    match screen.json {
        true => screen.json(&json!(names))?,
        false => {
            for name in names {
                screen.line(&name)?;
            }
        }
    }
    Ok(Exit::Done)
}
