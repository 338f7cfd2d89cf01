//! The fields of a contract, with the people, money and rules nested in it.

use super::spend::requisition;
use super::{below, custom_field_items, documented, inferred, seen, unknown};
use crate::event::catalog::{Certainty, Field};
use std::sync::LazyLock;

pub(in crate::event::catalog) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut all = vec![
        documented("data.object.contract_id", "string", "The engagement’s own id.")
            .always()
            .of("ct_, then c and 24 letters or digits; at most 40 characters")
            .like("ct_cu8gh5u3fg1dw587nosw68t8f"),
    ];
    all.extend(freelancer());
    all.extend(jurisdiction(
        "data.object.freelancer_operating_jurisdiction",
        "Where the contractor works as a business or an individual. Absent from the oldest bodies.",
    ));
    all.extend(jurisdiction(
        "data.object.freelancer_personal_tax_jurisdiction",
        "Where the contractor pays personal taxes. Absent from older bodies.",
    ));
    all.extend(client());
    all.extend(client_contact());
    all.extend(hirers());
    all.extend(terms());
    all.extend(fee_schedule());
    all.extend([
        documented("data.object.notice_period_days", "integer", "How many days’ notice either side must give.")
            .always()
            .like("7"),
        documented("data.object.work_location", "string", "Whether the work is done on site or remotely.")
            .always()
            .of("values are not documented")
            .like("REMOTE"),
        documented("data.object.minutes_in_working_day", "integer", "The length of a working day.")
            .always()
            .like("480"),
        documented(
            "data.object.custom_fields",
            "list",
            "The fields the client configured for contracts, such as cost centres, project codes or internal tags.",
        )
        .always(),
    ]);
    all.extend(custom_field_items("data.object.custom_fields", Certainty::Inferred));
    all.push(Field {
        required: true,
        ..documented(
            "data.object.spend_request",
            "object",
            "The spend requisition the contract draws on. Documented as never null, yet a contract without one has to say so somehow.",
        )
    });
    all.extend(requisition("data.object.spend_request"));
    all.extend([
        documented("data.object.renewal_meta", "object", "Presumably links a renewal with the contract it renews.")
            .always(),
        unknown(
            "data.object.renewal_meta.*",
            "anything",
            "Its inside is not documented. Any contract id found there is taken for the other end of a renewal.",
        ),
        documented(
            "data.object.historical_meta",
            "object",
            "What came before this contract. Absent from the oldest bodies.",
        )
        .always(),
        seen(
            "data.object.historical_meta.has_previously_accepted_contract",
            "boolean",
            "Whether the contractor accepted a contract of this client before.",
        )
        .like("false"),
        documented("data.object.url", "string", "The contract on YunoJuno. Absent from the oldest bodies.")
            .always()
            .of("URL; its form is not documented")
            .like("https://app.yunojuno.com/contracts/ct_cu8gh5u3fg1dw587nosw68t8f/"),
        unknown(
            "data.object.state",
            "string",
            "The REST API speaks of a state, but no webhook schema we read has one: it must be told from the events.",
        ),
    ]);
    all
});

fn freelancer() -> [Field; 8] {
    [
        documented("data.object.freelancer", "object", "The contractor as a person.").always(),
        seen("data.object.freelancer.freelancer_id", "string", "Their profile on the whole platform.")
            .of("fp_, then c and 24 letters or digits")
            .like("fp_cgfphaae4w9teiulp36qv9ngs"),
        seen("data.object.freelancer.first_name", "string", "First name.").like("Amara"),
        seen("data.object.freelancer.last_name", "string", "Last name.").like("Okoye"),
        seen("data.object.freelancer.full_name", "string", "The whole name, as it is shown.").like("Amara Okoye"),
        seen("data.object.freelancer.email", "string", "Email address.").like("amara.okoye@example.com"),
        seen(
            "data.object.freelancer.date_of_birth",
            "string",
            "Date of birth: personal data that is never shown here.",
        )
        .of("date")
        .like("1988-03-17"),
        seen("data.object.freelancer.legal_name", "string", "The name in law: personal data that is never shown here.")
            .like("Amara N. Okoye"),
    ]
}

fn jurisdiction(at: &'static str, meaning: &'static str) -> [Field; 3] {
    [
        documented(at, "object", meaning).always_or_null(),
        seen(below(at, ".name"), "string", "The country’s name.").like("United Kingdom"),
        seen(below(at, ".country_code"), "string", "The country’s code.").of("ISO 3166-1, two letters").like("GB"),
    ]
}

fn client() -> [Field; 3] {
    [
        documented("data.object.client", "object", "The customer organisation.").always(),
        seen("data.object.client.client_id", "string", "The client’s id.")
            .of("cl_, then c and 24 letters or digits")
            .like("cl_c04aae1dyepi3copzreg7vl13"),
        seen("data.object.client.name", "string", "The client’s name.").like("Northwind Studios"),
    ]
}

fn client_contact() -> Vec<Field> {
    let mut all = vec![
        documented(
            "data.object.client_contact",
            "object",
            "The client’s lasting relationship with the contractor: what joins the contracts of one person.",
        )
        .always(),
        seen("data.object.client_contact.client_contact_id", "string", "The id of that relationship.")
            .of("clct_, then c and 24 letters or digits")
            .like("clct_cx7fezay6lpyw9zzy7awbas7h"),
        seen(
            "data.object.client_contact.freelancer_id",
            "string",
            "The contractor’s profile on the whole platform. Absent from older bodies.",
        )
        .of("fp_, then c and 24 letters or digits")
        .like("fp_cgfphaae4w9teiulp36qv9ngs"),
        seen("data.object.client_contact.custom_fields", "list", "The fields the client configured for contractors."),
    ];
    all.extend(custom_field_items("data.object.client_contact.custom_fields", Certainty::Example));
    all.push(
        seen(
            "data.object.client_contact.url",
            "string",
            "Their page in the client’s directory on YunoJuno. Absent from older bodies.",
        )
        .of("URL")
        .like("https://app.yunojuno.com/directory/fp_cgfphaae4w9teiulp36qv9ngs/"),
    );
    all
}

fn hirers() -> [Field; 6] {
    [
        documented(
            "data.object.hirers",
            "list",
            "Who acts for the client on this contract. Whether it may be empty is not said.",
        )
        .always(),
        seen("data.object.hirers[].hirer_id", "string", "The id of the person, or of a service account.")
            .of("hp_, then c and 24 letters or digits")
            .like("hp_c6gjupumsda8tkjyczi25kwy1"),
        seen("data.object.hirers[].first_name", "string", "First name.").like("Priya"),
        seen("data.object.hirers[].last_name", "string", "Last name.").like("Raman"),
        seen("data.object.hirers[].full_name", "string", "The whole name, as it is shown.").like("Priya Raman"),
        seen("data.object.hirers[].email", "string", "Email address.").like("priya.raman@example.com"),
    ]
}

fn terms() -> [Field; 11] {
    [
        documented("data.object.title", "string", "What the contract is called.")
            .always()
            .like("Autumn campaign - senior designer"),
        documented("data.object.job_title", "string", "The contractor’s role.").always().like("Senior designer"),
        documented("data.object.description", "string", "What is to be done.")
            .always()
            .like("Design support for the autumn campaign"),
        documented("data.object.start_date", "string", "The first day.").always().of("date").like("2025-09-01"),
        documented("data.object.end_date", "string", "The last day as planned.").always().of("date").like("2025-11-28"),
        documented("data.object.actual_end_date", "string", "The last day as it turned out; null until it is known.")
            .always_or_null()
            .of("date")
            .like("2026-02-13"),
        documented("data.object.rate", "object", "What one unit of work pays the contractor, without fees.").always(),
        seen("data.object.rate.currency", "string", "The currency of the rate.").of("ISO 4217").like("GBP"),
        seen("data.object.rate.unit", "string", "The unit of work: a day, an hour, or another by arrangement.")
            .of("values are not documented")
            .like("DAY"),
        inferred("data.object.rate.value", "string", "The amount for one unit. The name of this key is inferred.")
            .of("decimal")
            .like("450.00"),
        documented("data.object.work_time_type", "string", "How much of a week is worked.")
            .always()
            .of("values are not documented")
            .like("FULL_TIME"),
    ]
}

fn fee_schedule() -> [Field; 14] {
    [
        documented("data.object.fee_schedule", "object", "Everything the client pays besides the rate.").always(),
        seen("data.object.fee_schedule.periods", "list", "Stretches of time with one set of fees each."),
        seen("data.object.fee_schedule.periods[].effective_from", "string", "The first day these fees apply.")
            .of("date")
            .like("2025-09-01"),
        seen("data.object.fee_schedule.periods[].fees", "list", "The fees, one by one."),
        seen("data.object.fee_schedule.periods[].fees[].name", "string", "What the fee is for.")
            .like("Platform Referral Fee"),
        seen(
            "data.object.fee_schedule.periods[].fees[].percentage",
            "string",
            "Its share of the rate, without a percent sign.",
        )
        .of("decimal")
        .like("12"),
        seen("data.object.fee_schedule.periods[].fees[].currency", "string", "The currency of the fee.")
            .of("ISO 4217")
            .like("GBP"),
        seen("data.object.fee_schedule.periods[].fees[].value", "string", "The fee for one unit of work.")
            .of("decimal")
            .like("54.00"),
        seen("data.object.fee_schedule.periods[].total_fees", "object", "All fees for one unit of work."),
        seen("data.object.fee_schedule.periods[].total_fees.currency", "string", "Their currency.")
            .of("ISO 4217")
            .like("GBP"),
        seen("data.object.fee_schedule.periods[].total_fees.value", "string", "Their sum.").of("decimal").like("54.00"),
        seen(
            "data.object.fee_schedule.periods[].total_cost",
            "object",
            "What one unit of work costs the client: rate and fees.",
        ),
        seen("data.object.fee_schedule.periods[].total_cost.currency", "string", "Its currency.")
            .of("ISO 4217")
            .like("GBP"),
        seen("data.object.fee_schedule.periods[].total_cost.value", "string", "Its amount.")
            .of("decimal")
            .like("504.00"),
    ]
}
