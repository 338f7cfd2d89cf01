//! Rules about the sources themselves: which module may use which, and how a file begins and how long it is.
//!
//! Sources are parsed, and modules followed from the root of each package, so that whole items are set aside as tests and
//! everything else is looked at, macros included.

mod matches;
mod modules;

use modules::{Module, follow, modules, root};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every file of Rust below a folder, with its text.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut waiting = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

const FOLDERS: [&str; 5] = ["src", "app/src", "app/domain/src", "frontend/src", "xtask/src"];

/// A sentence about who may use what.
struct Rule {
    sentence: &'static str,
    /// The modules it is about, with all below them.
    of: &'static str,
    /// What these never name.
    never: &'static [&'static str],
}

/// What cargo cannot refuse, as both are in one package or both are dependencies of it.
const RULES: &[Rule] = &[
    Rule {
        sentence: "The store knows neither HTTP and pages nor those who use it.",
        of: "junoscope::store",
        never: &[
            "axum",
            "app",
            "leptos",
            "junoscope::ingest",
            "junoscope::http",
            "junoscope::read_model",
            "junoscope::projector",
        ],
    },
    Rule {
        sentence: "Ingest knows neither SQL and pages nor what is made of messages.",
        of: "junoscope::ingest",
        never: &["sqlx", "rusqlite", "app", "leptos", "junoscope::read_model", "junoscope::projector"],
    },
    Rule {
        sentence: "The projector knows neither pages nor HTTP, nor what pages ask.",
        of: "junoscope::projector",
        never: &["axum", "app", "leptos", "junoscope::http", "junoscope::ingest", "junoscope::read_model"],
    },
    Rule {
        sentence: "Stories know neither who writes them to lists nor who shows them.",
        of: "junoscope::stories",
        never: &[
            "axum",
            "app",
            "leptos",
            "junoscope::http",
            "junoscope::ingest",
            "junoscope::projector",
            "junoscope::read_model",
        ],
    },
    Rule {
        sentence: "The read model knows neither HTTP nor the projector.",
        of: "junoscope::read_model",
        never: &["axum", "leptos", "junoscope::projector", "junoscope::http", "junoscope::ingest"],
    },
    Rule {
        sentence: "The index knows neither where it is stored nor what is searched with it.",
        of: "junoscope::index",
        never: &["sqlx", "rusqlite", "app", "axum", "leptos", "junoscope::store", "junoscope::read_model"],
    },
    Rule { sentence: "SQL is written in the store alone.", of: "junoscope::http", never: &["sqlx", "rusqlite"] },
    Rule {
        sentence: "View models know no markup.",
        of: "app::view",
        never: &["leptos", "app::ui", "app::pages", "app::api", "app::shell", "app::islands"],
    },
    Rule {
        sentence: "Charts are laid out before there is markup.",
        of: "app::chart",
        never: &["leptos", "app::ui", "app::pages", "app::api", "app::shell", "app::islands", "app::view"],
    },
    Rule { sentence: "Components ask nothing.", of: "app::ui", never: &["app::api", "app::pages"] },
    Rule { sentence: "The frame knows no page.", of: "app::shell", never: &["app::pages"] },
];

fn begins_with(path: &[String], prefix: &str) -> bool {
    let mut parts = path.iter();
    prefix.split("::").all(|part| parts.next().is_some_and(|one| one == part))
}

/// What the module names against the rule.
fn broken(rule: &Rule, module: &Module) -> Vec<String> {
    if !begins_with(&module.path, rule.of) {
        return Vec::new();
    }
    let never = |name: &&Vec<String>| rule.never.iter().any(|prefix| begins_with(name, prefix));
    module
        .names
        .iter()
        .filter(never)
        .map(|name| format!("{} names {}", module.path.join("::"), name.join("::")))
        .collect()
}

#[test]
fn imports_point_one_way() {
    let modules = modules();
    for rule in RULES {
        let broken: Vec<String> = modules.iter().flat_map(|module| broken(rule, module)).collect();
        assert!(broken.is_empty(), "{}\n{}", rule.sentence, broken.join("\n"));
    }
}

#[test]
fn a_wrong_import_breaks_its_rule_wherever_it_stands() {
    for rule in RULES {
        for name in rule.never {
            let package = rule.of.split("::").next().unwrap();
            let name = name.replace(&format!("{package}::"), "crate::");
            for planted in [
                format!("use {name}::thing;"),
                format!("use {name};"),
                format!("use {{std::fmt, {name}::{{one, two}}}};"),
                format!("fn f() {{ {name}::thing() }}"),
                format!("fn f() {{ use {name}::thing; }}"),
                format!("struct A; impl A {{ fn f(a: Vec<{name}::Thing>) {{}} }}"),
                format!("fn f() {{ view! {{ <p>{{{name}::thing()}}</p> }} }}"),
                format!("mod inner {{ use {name}::thing; }}"),
            ] {
                let is_crate_name_alone = planted == format!("use {name};") && name == "crate";
                assert!(!is_crate_name_alone);
                let breaks = |text: &str| {
                    let items = syn::parse_file(text).unwrap().items;
                    let path: Vec<String> = format!("{}::planted", rule.of).split("::").map(str::to_owned).collect();
                    let mut modules = Vec::new();
                    follow(path, &items, Path::new(""), &mut modules);
                    modules.iter().any(|module| !broken(rule, module).is_empty())
                };
                let behind_tests = format!("#[cfg(test)] mod tests {{}} {planted}");
                assert!(breaks(&behind_tests), "{}: {planted} is not seen", rule.sentence);
                let in_tests = format!("#[cfg(test)] mod tests {{ {planted} }}");
                assert!(!breaks(&in_tests), "{}: tests may reach further", rule.sentence);
            }
        }
    }
}

/// The circles among modules with one parent: each group depends on each other, through whatever is below them.
fn circles(modules: &[Module]) -> BTreeSet<Vec<String>> {
    let known: BTreeSet<&[String]> = modules.iter().map(|module| module.path.as_slice()).collect();
    let mut uses = BTreeMap::<&[String], BTreeSet<&[String]>>::new();
    for module in modules {
        for name in &module.names {
            // The first place where both paths differ: two siblings.
            let same = module.path.iter().zip(name).take_while(|(a, b)| a == b).count();
            let (Some(from), Some(to)) = (module.path.get(..=same), name.get(..=same)) else { continue };
            if same > 0
                && let (Some(from), Some(to)) = (known.get(from), known.get(to))
            {
                uses.entry(*from).or_default().insert(*to);
            }
        }
    }
    let reached = |from: &[String]| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
        while let Some(at) = waiting.pop() {
            for next in uses.get(at).into_iter().flatten() {
                if seen.insert(*next) {
                    waiting.push(*next);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&[String], BTreeSet<&[String]>> = uses.keys().map(|from| (*from, reached(from))).collect();
    let in_circle = |one: &[String], other: &[String]| {
        all.get(one).is_some_and(|to| to.contains(other)) && all.get(other).is_some_and(|to| to.contains(one))
    };
    let group = |one: &&[String]| -> Vec<String> {
        uses.keys().filter(|other| in_circle(one, other)).map(|path| path.join("::")).collect()
    };
    uses.keys().filter(|one| in_circle(one, one)).map(group).collect()
}

#[test]
fn modules_beside_each_other_form_no_circle() {
    let found: Vec<String> = circles(&modules()).into_iter().map(|group| group.join(" ⇄ ")).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_modules_below() {
    let text = "mod a { pub mod deep { use crate::b::x; } } mod b { use super::c; } mod c { fn f() { crate::a::g() } }
        mod d { use crate::a; #[cfg(test)] mod tests { use crate::e; } } mod e { use crate::d; }";
    let mut modules = Vec::new();
    follow(vec!["one".to_owned()], &syn::parse_file(text).unwrap().items, Path::new(""), &mut modules);
    assert_eq!(circles(&modules), BTreeSet::from([["one::a", "one::b", "one::c"].map(str::to_owned).to_vec()]));
}

#[test]
fn pages_are_the_same_code_on_server_and_browser() {
    for module in modules().iter().filter(|module| module.path[0] == "app") {
        assert!(!module.is_conditional, "{} is conditional", module.path.join("::"));
    }
}

/// The messages of log lines that hold a value, which belongs in a field.
fn messages_with_values(tokens: TokenStream, found: &mut Vec<String>) {
    // The name of a level, then an exclamation mark: an attribute such as `#[error("…")]` has none.
    let (mut is_level, mut is_line) = (false, false);
    for token in tokens {
        let was_level = std::mem::take(&mut is_level);
        match token {
            TokenTree::Ident(name) => {
                is_level = ["error", "warn", "info", "debug", "trace"].iter().any(|level| name == level);
                is_line = false;
            }
            TokenTree::Punct(mark) => is_line = was_level && mark.as_char() == '!',
            TokenTree::Group(group) => {
                let message = group.stream().into_iter().last().map(|last| last.to_string()).unwrap_or_default();
                if is_line && message.starts_with('"') && message.contains('{') {
                    found.push(message);
                }
                messages_with_values(group.stream(), found);
            }
            TokenTree::Literal(_) => is_line = false,
        }
    }
}

#[test]
fn log_lines_hold_values_in_fields_alone() {
    let found_in = |text: &str| {
        let mut found = Vec::new();
        messages_with_values(text.parse().unwrap(), &mut found);
        found
    };
    let planted = r#"fn f() { if a { tracing::warn!(b, "{c} is wrong") } tracing::info!("right"); format!("{d}"); }"#;
    assert_eq!(found_in(planted), [r#""{c} is wrong""#]);
    for (path, text) in files("src") {
        let found = found_in(&text);
        assert!(found.is_empty() || path.ends_with("src/tests/house.rs"), "{}: {}", path.display(), found.join(", "));
    }
}

#[test]
fn every_file_states_first_what_it_holds() {
    for (path, text) in FOLDERS.iter().flat_map(|folder| files(folder)) {
        assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
        let first: Vec<&str> = text.lines().take_while(|line| line.starts_with("//! ")).collect();
        assert!(!first.iter().any(|line| line.ends_with('?')), "{} begins with a question", path.display());
    }
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    for (path, text) in FOLDERS.iter().flat_map(|folder| files(folder)) {
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_repository_stands_alone() {
    let reaching_out = ["..", "shared"].join("/");
    for (path, text) in FOLDERS.iter().flat_map(|folder| files(folder)) {
        assert!(!text.contains(&reaching_out), "{} reaches out of the repository", path.display());
    }
}
