//! Tests of conventions of the source code, as the README's map of the code states them.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the Rust sources in these folders or files, with their text.
fn sources(of: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> = of.iter().map(|name| root.join(name)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{of:?} has no sources");
    found
}

/// Returns the sources without tests, which may import more.
fn without_tests(of: &[&str]) -> Vec<(PathBuf, String)> {
    sources(of)
        .into_iter()
        .filter(|(path, _)| !path.ends_with("tests.rs") && !path.iter().any(|part| part == "tests"))
        .map(|(path, text)| {
            let end = text.find("#[cfg(test)]").unwrap_or(text.len());
            (path, text[..end].to_owned())
        })
        .collect()
}

fn nobody_says(of: &[&str], words: &[&str]) {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    for (path, text) in without_tests(of) {
        for line in text.lines().filter(code) {
            for word in words {
                assert!(!line.contains(word), "{} says {word}: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_store_knows_nothing_of_http_or_of_those_who_use_it() {
    nobody_says(&["src/store.rs", "src/store"], &["axum", "crate::ingest", "crate::http", "crate::read_model"]);
}

#[test]
fn ingest_knows_nothing_of_sql() {
    nobody_says(&["src/ingest.rs", "src/ingest"], &["sqlx", "rusqlite", "crate::read_model", "crate::projector"]);
}

#[test]
fn app_knows_nothing_of_the_server() {
    nobody_says(&["app/src", "frontend/src"], &["sqlx", "rusqlite", "axum", "tokio", "#[cfg(feature", "leptos_axum"]);
}

#[test]
fn inside_app_imports_point_one_way() {
    nobody_says(&["app/src/ui.rs", "app/src/ui"], &["crate::api", "crate::pages"]);
    nobody_says(&["app/src/view.rs", "app/src/view"], &["crate::ui", "crate::pages", "crate::api"]);
    nobody_says(&["app/src/budget.rs", "app/src/budget"], &["crate::view", "crate::ui", "crate::pages"]);
    nobody_says(
        &["app/src/estimate.rs", "app/src/estimate"],
        &["crate::budget", "crate::view", "crate::ui", "crate::pages"],
    );
    nobody_says(&["app/src/picture.rs", "app/src/picture"], &["crate::view", "crate::ui", "crate::pages"]);
    nobody_says(&["app/src/diff.rs", "app/src/diff"], &["crate::view", "crate::ui", "crate::pages", "crate::api"]);
    nobody_says(&["app/src/timeline.rs", "app/src/timeline"], &["crate::view", "crate::ui", "crate::pages"]);
    nobody_says(&["app/src/lifecycle.rs", "app/src/lifecycle"], &["crate::timeline", "crate::view", "crate::ui"]);
    nobody_says(&["app/src/event.rs", "app/src/event"], &["crate::lifecycle", "crate::timeline", "crate::view"]);
}

#[test]
fn every_file_says_first_which_question_it_answers() {
    for (path, text) in sources(&["src", "app/src", "frontend/src", "xtask/src"]) {
        assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
    }
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    for (path, text) in sources(&["src", "app/src", "frontend/src", "xtask/src"]) {
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_repository_stands_alone() {
    let reaching_out = ["..", "shared"].join("/");
    for (path, text) in sources(&["src", "app/src", "frontend/src", "xtask/src"]) {
        assert!(!text.contains(&reaching_out), "{} reaches out of the repository", path.display());
    }
}
