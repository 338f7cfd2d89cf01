//! The fields of a spend requisition, on its own or nested in a contract.

use super::{below, custom_field_items, documented, unknown};
use crate::event::catalog::{Certainty, Field};
use std::sync::LazyLock;

pub(in crate::event::catalog) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut all = requisition("data.object");
    all.extend([
        unknown(
            "data.object.approval_flow",
            "object",
            "The approval the requisition goes through. Documented for YunoJuno’s REST API; no webhook example has it.",
        ),
        unknown("data.object.approval_flow.approval_flow_id", "string", "The id of the approval flow, over REST."),
        unknown(
            "data.object.approval_flow.current_approval_step",
            "object",
            "The step that is waiting for somebody, over REST; absent when none is.",
        ),
        unknown(
            "data.object.approval_flow.current_approval_step.approval_step_id",
            "string",
            "The id of that step, over REST.",
        ),
        unknown(
            "data.object.state",
            "string",
            "Not in any schema we read: whether a requisition is approved must be told from the events.",
        ),
    ]);
    all
});

/// Returns the documented fields of a requisition at `at`.
pub(super) fn requisition(at: &str) -> Vec<Field> {
    let custom_fields = below(at, ".custom_fields");
    let mut all = vec![
        documented(below(at, ".spend_request_id"), "string", "The requisition’s own id.")
            .always()
            .of("spreq_, then c and 24 letters or digits; at most 40 characters")
            .like("spreq_cmi760v7y5o1zhjh4tmma9yso"),
        documented(
            below(at, ".url"),
            "string",
            "Its approval on YunoJuno. Older pages of the documentation allow no null here.",
        )
        .always_or_null()
        .of("URL")
        .like("https://app.yunojuno.com/approvals/aprvl_c2u2czvtmsvn4dvcnp1iazyxz/"),
        documented(below(at, ".external_id"), "string", "The client’s own number for it; empty when it has none.")
            .always_or_null()
            .like("REQ-2025-0117"),
        documented(below(at, ".title"), "string", "What it is for, in a few words.")
            .always()
            .of("at most 100 characters")
            .like("Autumn campaign design budget"),
        documented(below(at, ".description"), "string", "What it is for, at more length.")
            .always()
            .of("at most 500 characters here, though up to 100,000 are taken where it is made")
            .like("Design support for the autumn campaign"),
        documented(below(at, ".amount"), "string", "How much is asked for, in the main unit of the currency.")
            .always()
            .of("decimal")
            .like("25000.00"),
        documented(below(at, ".amount_type"), "string", "Whether the amount is for a day or for everything.")
            .always()
            .of("DAY_RATE or TOTAL")
            .like("TOTAL"),
        documented(
            below(at, ".currency"),
            "string",
            "The currency of the amount. The list has grown before, so expect others.",
        )
        .always()
        .of("ISO 4217; AED AUD CAD CHF CZK DKK EUR GBP HKD NOK NZD PLN SEK SGD USD ZAR")
        .like("GBP"),
        documented(custom_fields, "list", "The fields the client configured for requisitions, such as a cost centre.")
            .always(),
    ];
    all.extend(custom_field_items(custom_fields, Certainty::Inferred));
    all
}
