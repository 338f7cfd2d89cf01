//! Matches over the enums that grow: what a new variant would pass unseen.
//!
//! Clippy refuses `_` where a match is over the enum itself. This also sees enums inside tuples and options, bindings
//! that take the rest, sets in `matches!`, and code in macros such as `view!`.

use super::modules::{is_for_tests, root};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::parse::Parser as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// The enums to which a variant may be added: each decision about one is made for every variant.
const GROWING: [&str; 21] = [
    "Access",
    "Certainty",
    "CommitmentState",
    "ContactState",
    "ContractState",
    "CurrentContracts",
    "EventType",
    "Family",
    "FindingKind",
    "Mode",
    "Outcome",
    "Phase",
    "RefusalCode",
    "RequisitionState",
    "Role",
    "Rule",
    "Section",
    "Severity",
    "Sight",
    "SortKey",
    "Thing",
];

/// Where in a pattern something stands: `.1` of a tuple, `Some.0` of an option.
type Place = Vec<String>;

/// What one file takes for granted about enums that grow.
struct Matches {
    found: Vec<String>,
    /// The enum in whose `impl` the code stands.
    own: Option<String>,
}

/// What a pattern says of each place in it.
#[derive(Default)]
struct Said {
    variants: BTreeMap<Place, BTreeSet<(String, String)>>,
    /// Places where anything fits.
    open: BTreeSet<Place>,
}

impl Said {
    fn read(&mut self, pattern: &syn::Pat, own: Option<&str>, at: &Place) {
        let below = |name: String| at.iter().cloned().chain([name]).collect::<Place>();
        match pattern {
            syn::Pat::Wild(_) => _ = self.open.insert(at.clone()),
            // `None` and other names of variants are no bindings.
            syn::Pat::Ident(one) => match &one.subpat {
                Some((_, inner)) => self.read(inner, own, at),
                None if one.ident.to_string().starts_with(char::is_lowercase) => _ = self.open.insert(at.clone()),
                None => {}
            },
            syn::Pat::Or(one) => one.cases.iter().for_each(|case| self.read(case, own, at)),
            syn::Pat::Guard(one) => self.read(&one.pat, own, at),
            syn::Pat::Paren(one) => self.read(&one.pat, own, at),
            syn::Pat::Reference(one) => self.read(&one.pat, own, at),
            syn::Pat::Tuple(one) => {
                let parts = one.elems.iter().enumerate();
                parts.for_each(|(place, part)| self.read(part, own, &below(place.to_string())));
            }
            syn::Pat::Path(one) => self.name(&one.path, own, at),
            syn::Pat::TupleStruct(one) => {
                self.name(&one.path, own, at);
                let name = one.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                let parts = one.elems.iter().enumerate();
                parts.for_each(|(place, part)| self.read(part, own, &below(format!("{name}.{place}"))));
            }
            syn::Pat::Struct(one) => {
                self.name(&one.path, own, at);
                let name = one.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                for field in &one.fields {
                    let syn::Member::Named(member) = &field.member else { continue };
                    self.read(&field.pat, own, &below(format!("{name}.{member}")));
                }
            }
            syn::Pat::Macro(one)
                if one.mac.path.segments.iter().any(|part| part.ident.to_string().ends_with("_event")) =>
            {
                let variants = self.variants.entry(at.clone()).or_default();
                variants.insert(("EventType".to_owned(), "a family".to_owned()));
            }
            _ => {}
        }
    }

    fn name(&mut self, path: &syn::Path, own: Option<&str>, at: &Place) {
        let mut names = path.segments.iter().rev().map(|part| part.ident.to_string());
        let (Some(variant), Some(of)) = (names.next(), names.next()) else { return };
        let of = if of == "Self" { own.unwrap_or_default().to_owned() } else { of };
        if GROWING.contains(&of.as_str()) {
            self.variants.entry(at.clone()).or_default().insert((of, variant));
        }
    }
}

impl Matches {
    fn note(&mut self, at: proc_macro2::Span, what: &str) {
        self.found.push(format!("line {}: {what}", at.start().line));
    }

    fn check_match(&mut self, one: &syn::ExprMatch) {
        let mut all = Said::default();
        let mut rest = Vec::new();
        for arm in &one.arms {
            let mut said = Said::default();
            said.read(&arm.pat, self.own.as_deref(), &Vec::new());
            // With a guard an arm takes some values, and the others still have to be decided.
            if !matches!(arm.pat, syn::Pat::Guard(_)) {
                rest.extend(said.open.into_iter().map(|place| (place, arm.pat.span())));
            }
            for (place, variants) in said.variants {
                all.variants.entry(place).or_default().extend(variants);
            }
        }
        for (open, at) in rest {
            let decided = all.variants.iter().find(|(place, _)| place.starts_with(&open));
            if let Some((_, variants)) = decided {
                let of = &variants.first().unwrap().0;
                self.note(at, &format!("the rest of {of} is taken together"));
            }
        }
    }

    fn check_set(&mut self, tokens: &TokenStream) {
        let parse = |input: syn::parse::ParseStream<'_>| {
            let _: syn::Expr = input.parse()?;
            let _: syn::Token![,] = input.parse()?;
            let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
            let _: TokenStream = input.parse()?;
            Ok(pattern)
        };
        let Ok(pattern) = parse.parse2(tokens.clone()) else { return };
        let mut said = Said::default();
        said.read(&pattern, self.own.as_deref(), &Vec::new());
        if let Some(variants) = said.variants.into_values().find(|variants| variants.len() > 1) {
            let of = &variants.first().unwrap().0;
            self.note(pattern.span(), &format!("a set of {of} is no method with a match over all"));
        }
    }

    /// Looks for matches among the tokens of a macro.
    fn look_into(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (place, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.look_into(group.stream()),
                TokenTree::Ident(word) if word == "match" => {
                    let braces = tokens.iter().enumerate().skip(place).filter(
                        |(_, one)| matches!(one, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace),
                    );
                    let whole = |(end, _)| syn::parse2::<syn::ExprMatch>(tokens[place..=end].iter().cloned().collect());
                    if let Some(one) = braces.map(whole).find_map(Result::ok) {
                        self.check_match(&one);
                    }
                }
                TokenTree::Ident(word) if word == "matches" => {
                    if let Some(TokenTree::Group(group)) = tokens.get(place + 2) {
                        self.check_set(&group.stream());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Matches {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_for_tests(super::modules::attributes(item)) {
            return;
        }
        let own = match item {
            syn::Item::Impl(one) => match &*one.self_ty {
                syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                _ => None,
            },
            _ => self.own.clone(),
        };
        let outer = std::mem::replace(&mut self.own, own);
        visit::visit_item(self, item);
        self.own = outer;
    }

    fn visit_expr_match(&mut self, one: &'ast syn::ExprMatch) {
        self.check_match(one);
        visit::visit_expr_match(self, one);
    }

    fn visit_macro(&mut self, one: &'ast syn::Macro) {
        if one.path.is_ident("matches") {
            self.check_set(&one.tokens);
        } else {
            self.look_into(one.tokens.clone());
        }
    }
}

/// What a file takes for granted.
fn taken_for_granted(file: &syn::File) -> Vec<String> {
    let mut matches = Matches { found: Vec::new(), own: None };
    matches.visit_file(file);
    matches.found
}

/// The lists of all variants that lack one, in the packages' sources.
fn short_lists(file: &syn::File) -> Vec<String> {
    let variants: BTreeMap<String, BTreeSet<String>> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Enum(one) => {
                Some((one.ident.to_string(), one.variants.iter().map(|variant| variant.ident.to_string()).collect()))
            }
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for item in &file.items {
        let syn::Item::Impl(one) = item else { continue };
        let syn::Type::Path(path) = &*one.self_ty else { continue };
        let name = path.path.segments.last().unwrap().ident.to_string();
        let Some(variants) = variants.get(&name) else { continue };
        for item in &one.items {
            let syn::ImplItem::Const(list) = item else { continue };
            let (true, syn::Expr::Array(array)) = (list.ident == "ALL", &list.expr) else { continue };
            let listed = array.elems.iter().filter_map(|one| match one {
                syn::Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                _ => None,
            });
            let listed: BTreeSet<String> = listed.collect();
            found.extend(variants.difference(&listed).map(|missing| format!("{name}::ALL has no {missing}")));
        }
    }
    found
}

fn sources() -> impl Iterator<Item = (String, syn::File)> {
    super::FOLDERS.iter().flat_map(|folder| super::files(folder)).map(|(path, text)| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, file)
    })
}

/// Files that are tests as a whole: their module is declared with `#[cfg(test)]`.
fn is_of_tests(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.contains("/agreement") || name.contains("/anything")
}

#[test]
fn every_decision_about_an_enum_that_grows_names_all_its_variants() {
    let found: Vec<String> = sources()
        .filter(|(name, _)| !is_of_tests(name))
        .flat_map(|(name, file)| {
            taken_for_granted(&file).into_iter().map(move |what| format!("{name}, {what}")).collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_list_of_all_variants_has_all() {
    let found: Vec<String> = sources().flat_map(|(_, file)| short_lists(&file)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    let short = "enum Role { Admin, Hirer, Guest } impl Role { const ALL: [Self; 2] = [Self::Admin, Self::Hirer]; }";
    assert_eq!(short_lists(&syn::parse_file(short).unwrap()), ["Role::ALL has no Guest"]);
}

#[test]
fn the_enums_that_grow_are_the_ones_there_are() {
    let text: String = super::FOLDERS.iter().flat_map(|folder| super::files(folder)).map(|(_, text)| text).collect();
    for name in GROWING {
        assert!(text.contains(&format!("pub enum {name} {{")), "there is no {name}");
    }
}

#[test]
fn a_rest_taken_together_is_found_wherever_it_stands() {
    let of = |body: &str| {
        let text = format!("impl SortKey {{ fn f(self, role: Option<Role>) {{ {body} }} }}");
        taken_for_granted(&syn::parse_file(&text).unwrap()).len()
    };
    for planted in [
        "match role { Some(Role::Admin) => 1, _ => 2 }",
        "match role { Some(Role::Admin) => 1, Some(_) | None => 2 }",
        "match role { Some(Role::Admin) => 1, Some(other) => 2, None => 3 }",
        "match self { Self::Name => 1, other => 2 }",
        "match self { Self::Name => 1, all @ _ => 2 }",
        "match (self, role) { (Self::Name, None) => 1, (_, Some(x)) => 2 }",
        "match (self, role) { (Self::Name, None) => 1, _ => 2 }",
        "match &event { EventType::Unknown(name) => 1, _ => 2 }",
        "match &event { any_contact_event!() => 1, _ => 2 }",
        "match body { Body { kind: FindingKind::Late, .. } => 1, Body { kind, .. } => 2 }",
        "view! { <p>{match role { Some(Role::Admin) => 1, _ => 2 }}</p> }",
        "view! { <p>{matches!(phase, Phase::Active | Phase::Ending)}</p> }",
        "matches!(self, Self::Name | Self::Title)",
        "matches!(role, Some(Role::Admin | Role::Hirer))",
        "if is_new { match role { Some(Role::Admin) => 1, _ => 2 } }",
    ] {
        assert_eq!(of(planted), 1, "{planted} is not seen");
    }
    for decided in [
        "match role { Some(Role::Admin) => 1, Some(Role::Hirer) | None => 2 }",
        "match (self, role) { (Self::Name, _) => 1, (Self::Title, _) => 2 }",
        "match self { Self::Name if is_new => 1, Self::Name => 2, Self::Title => 3 }",
        "match self { other if is_new => 1, Self::Name => 2, Self::Title => 3 }",
        "match text { \"a\" => Some(Self::Name), _ => None }",
        "match number { 1 => 2, _ => 3 }",
        "match thing { Other::Admin => 1, _ => 2 }",
        "matches!(self, Self::Name)",
    ] {
        assert_eq!(of(decided), 0, "{decided} is no rest");
    }
    let in_tests = "#[cfg(test)] mod tests { fn f() { match role { Role::Admin => 1, _ => 2 } } }";
    assert!(taken_for_granted(&syn::parse_file(in_tests).unwrap()).is_empty());
}
