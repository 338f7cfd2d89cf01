//! The fields of a client contact. The documentation leaves most of its nested objects unspecified.

use super::{custom_field_items, documented, inferred, unknown};
use crate::event::catalog::{Certainty, Field};
use std::sync::LazyLock;

pub(in crate::event::catalog) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut all = vec![
        documented(
            "data.object.client_contact_id",
            "string",
            "The id of this client’s relationship with this contractor: the one stable anchor of all their events.",
        )
        .not_null()
        .of("clct_, then c and 24 letters or digits")
        .like("clct_cx7fezay6lpyw9zzy7awbas7h"),
        inferred("data.object.freelancer_id", "string", "The contractor’s profile on the whole platform.")
            .of("fp_, then c and 24 letters or digits")
            .like("fp_cgfphaae4w9teiulp36qv9ngs"),
        unknown("data.object.client", "object", "The client. Where it stands in this body is a guess."),
        unknown("data.object.client.client_id", "string", "The client’s id.").like("cl_c04aae1dyepi3copzreg7vl13"),
        unknown("data.object.client.name", "string", "The client’s name.").like("Northwind Studios"),
        unknown(
            "data.object.freelancer",
            "object",
            "The contractor as a person. Where it stands in this body is a guess.",
        ),
        unknown("data.object.freelancer.freelancer_id", "string", "The contractor’s profile on the whole platform.")
            .like("fp_cgfphaae4w9teiulp36qv9ngs"),
        unknown("data.object.freelancer.first_name", "string", "First name.")
            .of("at most 150 characters in an invitation")
            .like("Amara"),
        unknown("data.object.freelancer.last_name", "string", "Last name.")
            .of("at most 150 characters in an invitation")
            .like("Okoye"),
        unknown("data.object.freelancer.full_name", "string", "The whole name.").like("Amara Okoye"),
        unknown("data.object.freelancer.email", "string", "Email address.").like("amara.okoye@example.com"),
        documented("data.object.status", "object", "How far the contractor has come at the moment of the event."),
        inferred(
            "data.object.status.registration_state",
            "string",
            "Whether they have an account. The word is documented, its place is inferred.",
        )
        .of("REGISTERED; other values are not documented")
        .like("REGISTERED"),
        inferred(
            "data.object.status.onboarding_state",
            "string",
            "Whether onboarding is done. The word is documented, its place is inferred.",
        )
        .of("FINISHED; other values are not documented")
        .like("FINISHED"),
        documented(
            "data.object.status.bookability_state",
            "string",
            "Whether they can be booked: this decides it, not the name of the event.",
        )
        .of("values are not documented")
        .like("BOOKABLE"),
        inferred(
            "data.object.custom_fields",
            "list",
            "The fields the client configured for contractors, such as a vendor number.",
        ),
    ];
    all.extend(custom_field_items("data.object.custom_fields", Certainty::Example));
    all.push(
        inferred("data.object.url", "string", "Their page in the client’s directory on YunoJuno.")
            .of("URL")
            .like("https://app.yunojuno.com/directory/fp_cgfphaae4w9teiulp36qv9ngs/"),
    );
    all
});
