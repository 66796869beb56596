//! The page that a browser shows: levels, the live tail, groups, handlers and changes.

use http::{StatusCode, header};

use crate::control::endpoint::response::{self, Response};

/// Everything the page may load comes from the endpoint itself. Inline scripts and styles are
/// refused, so text of a record that ended up in the page as markup could not run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// The path, the media type and the text of a file in the folder `console`.
macro_rules! file {
    ($media_type:expr, $name:literal) => {
        (
            concat!("/console/", $name),
            $media_type,
            include_str!(concat!("console/", $name)),
        )
    };
}

const INDEX: (&str, &str, &str) = ("/", HTML, include_str!("console/index.html"));

const FILES: [(&str, &str, &str); 16] = [
    INDEX,
    file!(CSS, "style.css"),
    file!(JS, "app.js"),
    file!(JS, "fleet.js"),
    file!(JS, "groups.js"),
    file!(JS, "histogram.js"),
    file!(JS, "levels.js"),
    file!(JS, "lists.js"),
    file!(JS, "page.js"),
    file!(JS, "preview.js"),
    file!(JS, "process.js"),
    file!(JS, "record_list.js"),
    file!(JS, "records.js"),
    file!(JS, "steering.js"),
    file!(JS, "tail.js"),
    file!(JS, "tree.js"),
];

/// Returns the file of the page at `path`, or [`None`] if there is none.
///
/// The files hold nothing of the process and need no token: a browser cannot send one before the
/// script runs, which takes it from the fragment of the address and adds it to all its requests.
pub(super) fn respond(path: &str) -> Option<Response> {
    // Browsers ask for it by themselves, without a token; the page has no icon.
    if path == "/favicon.ico" {
        return Some(response::whole(StatusCode::NO_CONTENT, HTML, ""));
    }
    let (_, media_type, text) = FILES.iter().find(|file| file.0 == path)?;
    let mut response = response::whole(StatusCode::OK, media_type, *text);
    let policy = header::HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_loads_only_what_is_served() {
        let size: usize = FILES.iter().map(|file| file.2.len()).sum();
        assert!(size < 72 * 1024, "{size} bytes");
        for (path, _, text) in FILES {
            assert!(respond(path).is_some());
            for loaded in text.split(['"', '\'']).filter(|word| is_file(word)) {
                let name = loaded
                    .trim_start_matches("./")
                    .trim_start_matches("console/");
                let loaded = format!("/console/{name}");
                assert!(respond(&loaded).is_some(), "{path} loads {loaded}");
            }
        }
        assert!(respond("/console/").is_none());
        let icon = respond("/favicon.ico").unwrap();
        assert_eq!(icon.status(), StatusCode::NO_CONTENT);
    }

    fn is_file(word: &str) -> bool {
        (word.starts_with("./") || word.starts_with("console/"))
            && (word.ends_with(".js") || word.ends_with(".css"))
    }

    #[test]
    fn the_page_has_no_inline_script_or_style() {
        let page = INDEX.2;
        for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!page.contains(inline), "{inline}");
        }
        assert_eq!(page.matches("<script").count(), 1);
        for (path, _, text) in FILES {
            for markup in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
            ] {
                assert!(!text.contains(markup), "{path}: {markup}");
            }
        }
    }

    #[test]
    fn the_page_is_restricted_to_what_the_endpoint_serves() {
        let response = respond("/").expect("the page");
        let policy = &response.headers()[header::CONTENT_SECURITY_POLICY];
        assert!(
            policy
                .to_str()
                .is_ok_and(|policy| !policy.contains("unsafe"))
        );
    }
}
