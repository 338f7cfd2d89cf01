//! The list of rules: what each requires, what its breach means, and what to do about it.

use super::{Deadline, Pattern, Rule, RuleDeclaration};
use crate::event::EventType;
use crate::lifecycle::kind::{FindingKind, Severity};
use Severity::{Notice, Problem, Warning};

const OFFERED: &EventType = &EventType::ContractOffered;
const REVOKED: &EventType = &EventType::ContractRevoked;
const ACCEPTED: &EventType = &EventType::ContractAccepted;
const CREATED: &EventType = &EventType::ContactCreated;
const REGISTERED: &EventType = &EventType::ContactRegistered;
const REQUESTED: &EventType = &EventType::SpendCreated;
const SPEND_APPROVED: &EventType = &EventType::SpendApproved;

const AFTER_OFFER: &[EventType] = &[
    EventType::ContractRevoked,
    EventType::ContractAccepted,
    EventType::ContractCancelled,
    EventType::ContractNoticeServed,
    EventType::ContractCompleted,
];
const AFTER_ACCEPTANCE: &[EventType] =
    &[EventType::ContractCancelled, EventType::ContractNoticeServed, EventType::ContractCompleted];
const AFTER_CREATION: &[EventType] = &[EventType::ContactRegistered, EventType::ContactOnboardingCompleted];
const AFTER_REGISTRATION: &[EventType] = &[EventType::ContactOnboardingCompleted];
const AFTER_REQUEST: &[EventType] = &[EventType::SpendUpdated, EventType::SpendApproved];
const ANSWERS: &[EventType] =
    &[EventType::ContractAccepted, EventType::ContractRevoked, EventType::ContractDeleted, EventType::ContractOffered];

const USES: &[EventType] = &[EventType::ContractApproved, EventType::ContractOffered, EventType::ContractAccepted];

/// Signing takes precedence over a revocation: a signed contract must not vanish from the active ones.
const REVOKED_THEN_ACCEPTED: &str =
    "The offer had been revoked and no second offer was seen, yet it was signed. It counts as signed.";
/// The sentence of the finding also where the revocation comes first; the fold decides when a second offer explains
/// both.
const ACCEPTED_THEN_REVOKED: &str =
    "A contract that was signed cannot have its offer revoked, and no second offer was seen. It counts as signed.";
const CANCELLED_THEN_NOTICE: &str =
    "The contract was cancelled before its start, so no notice can be served on it. It counts as cancelled.";
const CANCELLED_THEN_COMPLETED: &str =
    "The contract was cancelled before its start, so it has no end date to settle. It counts as cancelled.";
const NOTICE_THEN_CANCELLED: &str =
    "Notice was served on the contract already, so it cannot be cancelled before its start. It counts as under notice.";
const COMPLETED_THEN_CANCELLED: &str = "The end date of the contract was settled already, so it cannot be cancelled before its start. It counts as ending.";
const AFTER_CANCELLATION: &str = "The contract was cancelled, and taken up again after that. It counts as cancelled, and what it costs is in question.";
const AFTER_DELETION: &str = "The contract was deleted before this: nothing can follow. It counts as deleted.";

const CONTRACT_STEPS: &[EventType] = &[
    EventType::ContractApproved,
    EventType::ContractOffered,
    EventType::ContractAccepted,
    EventType::ContractNoticeServed,
    EventType::ContractCompleted,
    EventType::ContractDeleted,
];
const JOINING_STEPS: &[EventType] =
    &[EventType::ContactCreated, EventType::ContactRegistered, EventType::ContactOnboardingCompleted];
const SPEND_STEPS: &[EventType] = &[EventType::SpendCreated, EventType::SpendUpdated, EventType::SpendApproved];

const REVOCATION: &[EventType] = &[EventType::ContractRevoked];
const ACCEPTANCE: &[EventType] = &[EventType::ContractAccepted];
const REVIVAL: &[EventType] = &[EventType::ContractApproved, EventType::ContractOffered, EventType::ContractAccepted];
const CANCELLATION: &[EventType] = &[EventType::ContractCancelled];
const NOTICE: &[EventType] = &[EventType::ContractNoticeServed];
const COMPLETION: &[EventType] = &[EventType::ContractCompleted];
const DELETION: &[EventType] = &[EventType::ContractDeleted];
const ANY_STEP: &[EventType] = &[
    EventType::ContractApproved,
    EventType::ContractOffered,
    EventType::ContractRevoked,
    EventType::ContractAccepted,
    EventType::ContractCancelled,
    EventType::ContractNoticeServed,
    EventType::ContractCompleted,
    EventType::ContractDeleted,
];

/// The finding of a missing event names the replay window itself.
const REPLAY: &str = "Fetch it from the YunoJuno portal with Replay Missing, or with Recover Failed Messages.";
const LOOK_IT_UP: &str = "Open the contract on YunoJuno and see which of the two is true; if an event is missing here, \
                          fetch it from the portal with Replay Missing.";
/// Returns whether an advice is to replay messages from the portal.
pub(super) fn asks_for_replay(advice: &str) -> bool {
    [REPLAY, LOOK_IT_UP].contains(&advice)
}

const NOTHING: &str = "Nothing has to be done: the story is told in the order in which things happened.";

const fn rule(
    id: &'static str,
    (kind, severity): (FindingKind, Severity),
    pattern: Pattern,
    says: &'static str,
    advice: &'static str,
) -> RuleDeclaration {
    RuleDeclaration { id, kind, severity, pattern, says, advice }
}

const MISSING: (FindingKind, Severity) = (FindingKind::Missing, Warning);
const IMPOSSIBLE: (FindingKind, Severity) = (FindingKind::Impossible, Problem);
const OUT_OF_ORDER: (FindingKind, Severity) = (FindingKind::OutOfOrder, Notice);

/// One arm a rule.
#[rustfmt::skip]
#[allow(clippy::too_many_lines, reason = "a table: one line of thought for each of its rows")]
pub(super) fn declared(of: Rule) -> RuleDeclaration {
    use Pattern::{Absence, Always, Between, Precedence, Response, Succession};
    match of {
        Rule::OfferComesFirst => rule("offer-comes-first", MISSING,
            Precedence { first: OFFERED, then: AFTER_OFFER },
            "Something came of an offer that was never seen.", REPLAY),
        Rule::AcceptanceComesFirst => rule("acceptance-comes-first", MISSING,
            Precedence { first: ACCEPTED, then: AFTER_ACCEPTANCE },
            "A contract ended that was never seen to be signed.", REPLAY),
        Rule::InvitationComesFirst => rule("invitation-comes-first", MISSING,
            Precedence { first: CREATED, then: AFTER_CREATION },
            "A contractor joined who was never seen to be added.", REPLAY),
        Rule::RegistrationComesFirst => rule("registration-comes-first", MISSING,
            Precedence { first: REGISTERED, then: AFTER_REGISTRATION },
            "Onboarding ended for a contractor who was never seen to register.", REPLAY),
        Rule::RequestComesFirst => rule("request-comes-first", MISSING,
            Precedence { first: REQUESTED, then: AFTER_REQUEST },
            "A spend requisition moved on that was never seen to be created.", REPLAY),
        Rule::ContractInOrder => rule("contract-in-order", OUT_OF_ORDER, Succession(CONTRACT_STEPS),
            "A step of a contract came after a later one.", NOTHING),
        Rule::JoiningInOrder => rule("joining-in-order", OUT_OF_ORDER, Succession(JOINING_STEPS),
            "A step of joining came after a later one.", NOTHING),
        Rule::SpendInOrder => rule("spend-in-order", OUT_OF_ORDER, Succession(SPEND_STEPS),
            "A step of a spend requisition came after a later one.", NOTHING),
        Rule::SecondOfferBeforeAcceptance => rule("second-offer-before-acceptance", IMPOSSIBLE,
            Between { of: REVOKED, between: OFFERED, then: ACCEPTED },
            REVOKED_THEN_ACCEPTED, LOOK_IT_UP),
        Rule::NoRevocationAfterAcceptance => rule("no-revocation-after-acceptance", IMPOSSIBLE,
            Absence { never: REVOCATION, after: ACCEPTANCE },
            ACCEPTED_THEN_REVOKED, LOOK_IT_UP),
        Rule::NoNoticeAfterCancellation => rule("no-notice-after-cancellation", IMPOSSIBLE,
            Absence { never: NOTICE, after: CANCELLATION },
            CANCELLED_THEN_NOTICE, LOOK_IT_UP),
        Rule::NoCompletionAfterCancellation => rule("no-completion-after-cancellation", IMPOSSIBLE,
            Absence { never: COMPLETION, after: CANCELLATION },
            CANCELLED_THEN_COMPLETED, LOOK_IT_UP),
        Rule::NothingAfterCancellation => rule("nothing-after-cancellation", IMPOSSIBLE,
            Absence { never: REVIVAL, after: CANCELLATION },
            AFTER_CANCELLATION, LOOK_IT_UP),
        Rule::NoCancellationAfterNotice => rule("no-cancellation-after-notice", IMPOSSIBLE,
            Absence { never: CANCELLATION, after: NOTICE },
            NOTICE_THEN_CANCELLED, LOOK_IT_UP),
        Rule::NoCancellationAfterCompletion => rule("no-cancellation-after-completion", IMPOSSIBLE,
            Absence { never: CANCELLATION, after: COMPLETION },
            COMPLETED_THEN_CANCELLED, LOOK_IT_UP),
        Rule::NoCancellationAfterStart => rule("no-cancellation-after-start", IMPOSSIBLE, Always,
            "A contract can only be cancelled before its start, but this one had begun. It counts as cancelled.",
            "Open the contract on YunoJuno and see whether it was cancelled or given notice; ask YunoJuno where both \
             are said."),
        Rule::NothingAfterDeletion => rule("nothing-after-deletion", IMPOSSIBLE,
            Absence { never: ANY_STEP, after: DELETION },
            AFTER_DELETION, LOOK_IT_UP),
        Rule::EndsAfterStart => rule("ends-after-start", IMPOSSIBLE, Always,
            "The contract is said to end before it starts.",
            "Open the contract on YunoJuno and see which of the two days is right. Until then it has no cost here, and \
             stands in no calendar with its first day."),
        Rule::OfferIsAnswered => rule("offer-is-answered", (FindingKind::OfferOpen, Warning),
            Response { after: OFFERED, by: ANSWERS, within: Deadline::OfferDays },
            "Nobody has answered the offer.",
            "Ask the contractor, or revoke the offer on YunoJuno. A refusal sends no event: it may have been declined \
             already."),
        Rule::RenewedBeforeEnd => rule("renewed-before-end", (FindingKind::NotRenewed, Warning),
            Response { after: ACCEPTED, by: ACCEPTANCE, within: Deadline::EndingDays },
            "The contract ends and nothing renews it.",
            "Renew it on YunoJuno if the work goes on; dismiss this if it is meant to end."),
        Rule::ApprovedSpendIsUsed => rule("approved-spend-is-used", (FindingKind::Unused, Notice),
            Response { after: SPEND_APPROVED, by: USES, within: Deadline::UnusedDays },
            "The spend was approved and no contract draws on it.",
            "Link a contract to it on YunoJuno, or close it if the money is needed no more."),
        Rule::WithinBudget => rule("within-budget", (FindingKind::OverBudget, Problem), Always,
            "The contracts cost more than the requisition is for.",
            "Ask for more spend, or shorten what draws on it. What the contracts cost is an estimate, made from their \
             rates, fees and working days."),
        Rule::ArrivesOnTime => rule("arrives-on-time", (FindingKind::Late, Notice), Always,
            "The event arrived late.", "Nothing has to be done: it is here now, and in its place."),
        Rule::BodyIsUnchanged => rule("says-the-same", (FindingKind::Altered, Warning), Always,
            "The same message came again with other content. What came first is kept and counts.",
            "Open its delivery and compare the attempts; if the later content is right, ask YunoJuno why one message \
             says two things."),
        Rule::TestEventsAreSeparate => rule("tests-stay-apart", (FindingKind::Test, Notice), Always,
            "This is a test event about something live. It is shown, and changes nothing.",
            "Send test events from a test account, or to an endpoint of their own."),
    }
}
