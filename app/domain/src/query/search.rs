//! The search of deliveries: one line of text, parsed into a query, printed back, told in words and evaluated.
//!
//! | text | matches |
//! | --- | --- |
//! | `amara`, `"amara okoye"`, `ama*` | payload values and identifiers with this word, these words in a row, a word that begins so |
//! | `type:contract.offered`, `outcome:(refused or repeat)` | what is known of the request besides its payload: [`KEYS`] |
//! | `rate.value > 450`, `hirers[].email ~ example.com` | fields of the payload: [`Field`] |
//! | `a b`, `a and b`, `a or b`, `not a`, `-a`, `(a or b) c` | combinations; `and` binds more tightly than `or` |
//!
//! A word is a run of letters and digits after folding, which ignores case, accents and apostrophes. Text with other
//! characters inside, such as an id or an e-mail address, is the words of it in a row. Words of the language (`and`,
//! `or`, `not`, `in`, `exists`) are ordinary words in quotation marks. Punctuation between spaces is ignored.
//!
//! The payload of a refused request is never searched: a stranger wrote it.

mod ast;
mod conditions;
mod error;
mod evaluate;
mod explain;
mod keys;
mod parse;
mod plan;
mod print;
mod same_value;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod terms;
#[cfg(test)]
mod tests;

pub use ast::{Age, Expr, Field, Literal, Operator, Pattern, Query, Segment, Term, Test, Unit, When};
pub use conditions::{Conditions, conditions, is_of_conditions};
pub use error::QueryError;
pub use evaluate::{Context, Mention, Request, matches, values_at};
pub use explain::in_words;
pub use keys::{FORMS, Form, KEYS, Key, KeyHelp};
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_TERMS, parse, parse_path};
pub use plan::{Known, Lookups, Plan, lookups, plan};
pub use same_value::with_value;
pub use terms::{TERMS_VERSION, TermHash, Terms, terms};
