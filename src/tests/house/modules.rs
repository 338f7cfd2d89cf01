//! The modules of every package, parsed, and the paths that each of them names outside tests.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};

/// The packages of the workspace, by the names code calls them by, with the files their modules start from.
const PACKAGES: [(&str, &str); 5] = [
    ("domain", "app/domain/src/lib.rs"),
    ("app", "app/src/lib.rs"),
    ("frontend", "frontend/src/lib.rs"),
    ("junoscope", "src/lib.rs"),
    ("xtask", "xtask/src/main.rs"),
];

/// A module and what it names.
pub(super) struct Module {
    /// Such as `junoscope::store::log`.
    pub(super) path: Vec<String>,
    /// Every path it names outside tests, from the root: `crate`, `self` and `super` are resolved.
    pub(super) names: BTreeSet<Vec<String>>,
    /// Whether it is conditional on anything but tests.
    pub(super) is_conditional: bool,
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| {
        one.path().is_ident("test")
            || one.path().is_ident("cfg") && matches!(&one.meta, syn::Meta::List(list) if has_test(list.tokens.clone()))
    })
}

fn has_test(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "test",
        TokenTree::Group(group) => has_test(group.stream()),
        _ => false,
    })
}

pub(super) fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(one) => &one.attrs,
        syn::Item::Enum(one) => &one.attrs,
        syn::Item::Fn(one) => &one.attrs,
        syn::Item::Impl(one) => &one.attrs,
        syn::Item::Macro(one) => &one.attrs,
        syn::Item::Mod(one) => &one.attrs,
        syn::Item::Static(one) => &one.attrs,
        syn::Item::Struct(one) => &one.attrs,
        syn::Item::Trait(one) => &one.attrs,
        syn::Item::Type(one) => &one.attrs,
        syn::Item::Use(one) => &one.attrs,
        _ => &[],
    }
}

/// Collects the names of one module; modules inside it are modules of their own.
struct Names<'a> {
    module: &'a [String],
    found: BTreeSet<Vec<String>>,
    is_conditional: bool,
    inner: Vec<syn::ItemMod>,
}

impl Names<'_> {
    fn add(&mut self, segments: &[String]) {
        let Some(first) = segments.first() else { return };
        let mut at: Vec<String> = match first.as_str() {
            "crate" => self.module[..1].to_vec(),
            "self" => self.module.to_vec(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            _ => vec![first.clone()],
        };
        for segment in &segments[1..] {
            if segment == "super" {
                at.pop();
            } else {
                at.push(segment.clone());
            }
        }
        self.found.insert(at);
    }

    fn add_tree(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_tree(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) => self.add_leaf(before, &name.ident),
            syn::UseTree::Rename(name) => self.add_leaf(before, &name.ident),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|one| self.add_tree(one, before)),
        }
    }

    fn add_leaf(&mut self, before: &[String], leaf: &proc_macro2::Ident) {
        let mut whole = before.to_vec();
        if leaf != "self" {
            whole.push(leaf.to_string());
        }
        self.add(&whole);
    }

    /// Paths in a macro are tokens: words with `::` between them.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut words: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add_words(&mut words);
                    }
                    words.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.add_words(&mut words);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add_words(&mut words);
    }

    fn add_words(&mut self, words: &mut Vec<String>) {
        if words.len() > 1 {
            self.add(words);
        }
        words.clear();
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_for_tests(attributes(item)) {
            return;
        }
        match item {
            syn::Item::Mod(module) => self.inner.push(module.clone()),
            syn::Item::Use(one) => self.add_tree(&one.tree, &mut Vec::new()),
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.add(&segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, one: &'ast syn::Macro) {
        self.add_tokens(one.tokens.clone());
        visit::visit_macro(self, one);
    }

    fn visit_attribute(&mut self, one: &'ast syn::Attribute) {
        if (one.path().is_ident("cfg") || one.path().is_ident("cfg_attr")) && !is_for_tests(std::slice::from_ref(one)) {
            self.is_conditional = true;
        }
    }
}

/// Adds a module and all below it. `folder` is where the files of its inner modules are.
pub(super) fn follow(path: Vec<String>, items: &[syn::Item], folder: &Path, modules: &mut Vec<Module>) {
    let mut names = Names { module: &path, found: BTreeSet::new(), is_conditional: false, inner: Vec::new() };
    for item in items {
        names.visit_item(item);
    }
    let (found, is_conditional, inner) = (names.found, names.is_conditional, names.inner);
    for module in inner {
        let name = module.ident.to_string();
        let below = folder.join(&name);
        let mut at = path.clone();
        at.push(name);
        if let Some((_, items)) = &module.content {
            follow(at, items, &below, modules);
        } else {
            follow(at, &parse(&below.with_extension("rs")).items, &below, modules);
        }
    }
    modules.push(Module { path, names: found, is_conditional });
}

fn parse(file: &Path) -> syn::File {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

pub(super) fn modules() -> Vec<Module> {
    let mut modules = Vec::new();
    for (package, file) in PACKAGES {
        let file = root().join(file);
        let folder = file.parent().unwrap();
        follow(vec![package.to_owned()], &parse(&file).items, folder, &mut modules);
    }
    modules
}
