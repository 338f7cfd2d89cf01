//! Sentences of spend requisition events: "The spend requisition Design budget was approved."

use super::super::Sentence;
use super::super::order::OrderedEvent;
use super::{SentenceBuilder, joined, unknown};
use crate::event::spend::Requisition;
use crate::event::{EventType, Payload};
use crate::id::Subject;

/// An event of a requisition, with facts of the story.
pub(in crate::timeline) struct SpendEventContext<'a> {
    pub(in crate::timeline) item: &'a OrderedEvent<'a>,
    /// The final facts, for what the event omits.
    pub(in crate::timeline) facts: &'a Requisition,
    /// The requisition as of the previous event.
    pub(in crate::timeline) before: Option<&'a Requisition>,
}

/// Returns the requisition's own snapshot, if the event has one.
pub(in crate::timeline) fn snapshot<'a>(item: &OrderedEvent<'a>) -> Option<&'a Requisition> {
    match &item.event.payload {
        Payload::Requisition(requisition) => Some(requisition),
        _ => None,
    }
}

/// "£25,000.00 in total"
pub(super) fn amount(requisition: &Requisition) -> Option<String> {
    let counted = requisition.amount_type.as_ref().map(crate::event::spend::AmountType::in_words);
    joined([Some(requisition.money()?.to_string()), counted], " ")
}

impl SpendEventContext<'_> {
    pub(in crate::timeline) fn sentence(&self) -> Sentence {
        let subject = Subject::Requisition(self.facts.id.clone());
        let own = snapshot(self.item);
        let title = own.and_then(|own| own.title.clone()).or_else(|| self.facts.title.clone());
        let number = || own.and_then(|own| own.external_id.clone()).or_else(|| self.facts.external_id.clone());
        let name = title.or_else(number).unwrap_or_else(|| self.facts.id.to_string());
        let verb = match &self.item.event.event_type {
            EventType::SpendCreated => "created",
            EventType::SpendUpdated => "updated",
            EventType::SpendApproved => "approved",
            _ => return unknown(self.item, &name, subject),
        };
        SentenceBuilder::default()
            .text("The spend requisition ")
            .name(name, subject)
            .text(format!(" was {verb}."))
            .done()
    }

    pub(in crate::timeline) fn detail(&self) -> Option<String> {
        let now = snapshot(self.item)?;
        let amount_now = amount(now);
        let before = self.before.filter(|_| self.item.event.event_type == EventType::SpendUpdated).and_then(amount);
        let figures = match (before, amount_now) {
            (Some(before), Some(now)) if before != now => Some(format!("{before} → {now}")),
            (_, now) => now,
        };
        joined([figures, now.external_id.clone()], " · ")
    }
}
