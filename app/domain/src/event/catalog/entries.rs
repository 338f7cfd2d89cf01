//! The events of the catalog: when each is sent, and which come before and after it.

use super::Entry;
use crate::event::EventType;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/", $name, ".json"))
    };
}

const SAME_SNAPSHOT: &str = "We have not read this event’s own page: that it carries the same snapshot as the other contract events is inferred.";

pub(super) static ENTRIES: [Entry; 15] = [
    Entry {
        event_type: EventType::ContactCreated,
        when: "The client’s relationship with a contractor first comes into being, whether the contractor was newly invited or was already on YunoJuno.",
        follows: "Always the first of a contractor’s own events. After an invitation comes registered, then onboarding completed; for someone already on YunoJuno neither is sent.",
        sample: sample!("client_contact.created"),
        notes: &[
            "It does not mean “still invited”: the body may already show the contractor registered and onboarded, and then no later event says so. Read the states.",
            "The documentation leaves the inside of this body largely open; where the name and the email address stand is a guess.",
            "A contract may name a contractor for whom this event was never received: the relationship may be older than the subscription.",
        ],
    },
    Entry {
        event_type: EventType::ContactRegistered,
        when: "An invited contractor completes the registration of their account.",
        follows: "After created, when that was an invitation; before onboarding completed. Never sent for someone who already had an account.",
        sample: sample!("client_contact.registered"),
        notes: &[
            "Being registered is not being bookable: onboarding comes next.",
            "We have not read this event’s own page: that it carries the same snapshot as created is inferred.",
        ],
    },
    Entry {
        event_type: EventType::ContactOnboardingCompleted,
        when: "An invited contractor finishes onboarding.",
        follows: "After registered. It is the last step of joining; only changes of custom fields follow. Never sent for someone who was already onboarded when added.",
        sample: sample!("client_contact.onboarding_completed"),
        notes: &[
            "In most invitations it means ready to be booked, but status.bookability_state decides, not the event’s name.",
            "No event tells of later changes of bookability.",
        ],
    },
    Entry {
        event_type: EventType::ContactCustomFieldsUpdated,
        when: "The custom fields of a client contact are updated.",
        follows: "Any time after created. It changes nothing in how far the contractor has come.",
        sample: sample!("client_contact.custom_fields_updated"),
        notes: &[
            "We have not read this event’s own page. Going by its sister event for contracts, it probably carries a reference to the contact and, in data.changes, what changed with the previous and the new value.",
        ],
    },
    Entry {
        event_type: EventType::ContractApproved,
        when: "A contract passes its approval flow before the offer, and is ready to be offered.",
        follows: "May come first, or again after an edit or a revoked offer; next comes offered, or deleted. Approval flows are optional, so a contract may be offered without it.",
        sample: sample!("contract.approved"),
        notes: &[
            "To YunoJuno the contract is still a draft, and the contractor does not know of it yet.",
            "A rejected approval sends nothing.",
        ],
    },
    Entry {
        event_type: EventType::ContractOffered,
        when: "A contract is offered to the contractor, after any approval it needed before the offer.",
        follows: "After approved, or first where the client has no approval flow; next comes accepted or revoked. After a revoked offer it is a new offer.",
        sample: sample!("contract.offered"),
        notes: &[
            "If the contractor declines or the offer lapses, nothing is sent: the contract simply stays offered.",
            "actual_end_date is null at this point.",
        ],
    },
    Entry {
        event_type: EventType::ContractRevoked,
        when: "A hirer revokes a contract that is in the offered state.",
        follows: "After offered. Whether the contract may then be offered again is not documented; approved, offered or deleted after it are taken as they come.",
        sample: sample!("contract.revoked"),
        notes: &["It is the client who takes the offer back; a contractor’s refusal sends nothing.", SAME_SNAPSHOT],
    },
    Entry {
        event_type: EventType::ContractAccepted,
        when: "The contractor accepts and signs the contract.",
        follows: "After offered. Next comes cancelled (before the start), notice served or completed. Work begins on the start date, which sends no event.",
        sample: sample!("contract.accepted"),
        notes: &[
            "Once agreed, a contract’s content cannot be changed: a change of terms is a new contract.",
            "A client may be allowed to accept on the contractor’s behalf; presumably this same event is sent.",
            SAME_SNAPSHOT,
        ],
    },
    Entry {
        event_type: EventType::ContractCancelled,
        when: "An accepted contract is cancelled before its start date.",
        follows: "After accepted, before the first day. Nothing but deleted can follow.",
        sample: sample!("contract.cancelled"),
        notes: &["A contract that has already started is ended by notice instead."],
    },
    Entry {
        event_type: EventType::ContractNoticeServed,
        when: "Notice is successfully served on a contract, and an end date is established.",
        follows: "After accepted, while the contract runs. Next comes completed; perhaps notice served again with another date.",
        sample: sample!("contract.notice_served"),
        notes: &[
            "The contract still runs until its end.",
            "Whether the new end stands in actual_end_date or in end_date is not documented; our sample has it in the first.",
        ],
    },
    Entry {
        event_type: EventType::ContractCompleted,
        when: "YunoJuno knows the contract’s actual end date: notice was given, it ended naturally, or it was renewed into a new period.",
        follows: "After accepted or notice served. A renewal goes on as a new contract of the same contractor; perhaps completed comes again with another date.",
        sample: sample!("contract.completed"),
        notes: &[
            "The name misleads: the date may still lie ahead. Until it has passed the contract is ending, not over.",
            "actual_end_date should be set; that is inferred from the event’s meaning.",
            SAME_SNAPSHOT,
        ],
    },
    Entry {
        event_type: EventType::ContractDeleted,
        when: "A contract is permanently deleted.",
        follows: "May come after anything, most likely after a draft; nothing follows it.",
        sample: sample!("contract.deleted"),
        notes: &[
            "Whether it carries the whole contract or only its id is not documented; both are accepted.",
            "Which contracts can be deleted is not documented.",
            "It is the moment to consider erasing what you keep about the contract.",
        ],
    },
    Entry {
        event_type: EventType::SpendCreated,
        when: "A spend requisition is created for the first time.",
        follows: "Always the first of a requisition’s events. Next comes updated or approved; where the client has no approval flow it can be used at once.",
        sample: sample!("spend_request.created"),
        notes: &[
            "The body does not say whether approval is needed, nor who asked.",
            "It names no contract and no contractor: contracts name their requisition.",
            "A rejected requisition sends nothing.",
        ],
    },
    Entry {
        event_type: EventType::SpendUpdated,
        when: "An existing spend requisition is updated.",
        follows: "Any time after created. It changes the figures, not the state; whether it can follow approved is not documented.",
        sample: sample!("spend_request.updated"),
        notes: &[
            "Approving may change custom fields at the same time, so updated and approved can come as a pair.",
            "We have not read this event’s own page: that it carries the same fields as created is inferred.",
        ],
    },
    Entry {
        event_type: EventType::SpendApproved,
        when: "An existing spend requisition is approved.",
        follows: "After created. From here it may be linked to contracts, and a contract that waited for it may be offered.",
        sample: sample!("spend_request.approved"),
        notes: &["No later event ends a requisition."],
    },
];
