//! The fields of a body: one table per family, and the envelope around them.

pub(super) mod contact;
pub(super) mod contract;
pub(super) mod spend;

use super::{Certainty, Field};

const fn field(certainty: Certainty, path: &'static str, kind: &'static str, meaning: &'static str) -> Field {
    Field { path, kind, required: false, nullable: None, format: None, example: None, meaning, certainty }
}

const fn documented(path: &'static str, kind: &'static str, meaning: &'static str) -> Field {
    field(Certainty::Documented, path, kind, meaning)
}

const fn seen(path: &'static str, kind: &'static str, meaning: &'static str) -> Field {
    field(Certainty::Example, path, kind, meaning)
}

const fn inferred(path: &'static str, kind: &'static str, meaning: &'static str) -> Field {
    field(Certainty::Inferred, path, kind, meaning)
}

const fn unknown(path: &'static str, kind: &'static str, meaning: &'static str) -> Field {
    field(Certainty::Unknown, path, kind, meaning)
}

impl Field {
    /// Documented as required and never null.
    const fn always(self) -> Self {
        Self { required: true, nullable: Some(false), ..self }
    }

    /// Documented as required, but possibly null.
    const fn always_or_null(self) -> Self {
        Self { required: true, nullable: Some(true), ..self }
    }

    const fn or_null(self) -> Self {
        Self { nullable: Some(true), ..self }
    }

    const fn not_null(self) -> Self {
        Self { nullable: Some(false), ..self }
    }

    const fn of(self, format: &'static str) -> Self {
        Self { format: Some(format), ..self }
    }

    const fn like(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }
}

pub(super) static ENVELOPE: [Field; 7] = [
    documented(
        "api_version",
        "string",
        "The version of YunoJuno’s API that shaped the body. It did not change while fields were added.",
    )
    .always()
        .of("a date")
        .like("2024-04-10"),
    documented("event_type", "string", "What happened. New names may appear at any time.")
        .always()
        .of("one of the names in this catalog")
        .like("client.contract.offered"),
    documented("data", "object", "Holds the subject of the event.").always(),
    documented("data.object", "object", "The contract, client contact or spend requisition as it was at the moment of the event; for a change of custom fields perhaps only a reference to it.")
        .always(),
    documented("data.changes", "object or list", "Only on changes of custom fields: what changed, each with its previous and its new value.")
        .not_null(),
    unknown("data.changes.*", "anything", "How a change is written down is not described."),
    documented("mode", "string", "Whether the delivery is production or a trial. Trial traffic is kept out of every total here.")
        .always()
        .of("live or test")
        .like("live"),
];

/// Joins paths once per table, which lives as long as the program.
fn below(at: &str, rest: &str) -> &'static str {
    format!("{at}{rest}").leak()
}

/// Returns the fields of each custom field in the list at `at`. `metadata` was seen on client contacts only.
fn custom_field_items(at: &str, metadata: Certainty) -> [Field; 4] {
    [
        seen(below(at, "[].name"), "string", "The field’s name as the client configured it."),
        seen(
            below(at, "[].value"),
            "string",
            "Its value. Only text was ever seen; a value of another JSON type is kept as it is.",
        ),
        field(
            metadata,
            below(at, "[].metadata"),
            "object",
            "Further facts about the field, for the client’s own systems; often absent.",
        )
        .or_null(),
        field(metadata, below(at, "[].metadata.*"), "string", "One such fact, under a key the client chose."),
    ]
}
