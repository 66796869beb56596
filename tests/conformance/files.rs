//! The scenarios' namers and rotators.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

type Namer = Box<dyn Fn(&Path) -> PathBuf + Send + Sync>;
type Rotator = Box<dyn Fn(&Path, &Path) -> io::Result<()> + Send + Sync>;

pub(crate) fn namer(spec: &Value) -> Option<Namer> {
    let text = spec["text"].as_str()?.to_owned();
    Some(match spec["kind"].as_str()? {
        "append" => Box::new(move |path| format!("{}{text}", path.display()).into()),
        "ext_last" => Box::new(move |path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            path.with_file_name(format!("{}{text}", name.replace(&text, "")))
        }),
        other => panic!("unknown namer {other}"),
    })
}

pub(crate) fn rotator(spec: &Value) -> Option<Rotator> {
    let text = spec["text"].as_str().unwrap_or_default().to_owned();
    Some(match spec["kind"].as_str()? {
        "upper" => Box::new(|from, to| {
            fs::write(to, fs::read_to_string(from)?.to_uppercase())?;
            fs::remove_file(from)
        }),
        "append" => Box::new(move |from, to| fs::rename(from, format!("{}{text}", to.display()))),
        other => panic!("unknown rotator {other}"),
    })
}
