//! Who sees what: one table of roles and things. Pages, the read model, exports, calendar feeds and live rows ask it.

use crate::account::Role;

/// What a viewer gets of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Seen,
    /// That it exists, without its content.
    Masked,
    /// Nothing: its own address answers 403, and other pages leave it out.
    Refused,
}

/// Makes [`Thing`] and [`sight`] of one table, with a column for each role.
macro_rules! policy {
    ($($(#[doc = $doc:literal])+ $thing:ident: $admin:ident, $hirer:ident;)+) => {
        /// Something of which roles see more or less.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Thing {
            $($(#[doc = $doc])+ $thing,)+
        }

        impl Thing {
            /// Every thing, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$thing),+];
        }

        /// Returns what a role sees of a thing. Nobody, `None`, sees nothing.
        pub fn sight(role: Option<Role>, thing: Thing) -> Sight {
            let (admin, hirer) = match thing {
                $(Thing::$thing => (Sight::$admin, Sight::$hirer),)+
            };
            match role {
                Some(Role::Admin) => admin,
                Some(Role::Hirer) => hirer,
                None => Sight::Refused,
            }
        }
    };
}

policy! {
    // thing: admins, hirers.
    /// The overview: health of the feed, counts, latest events.
    Overview: Seen, Seen;
    /// What the overview says of the machine and its set-up: why it cannot store, wrong addresses, warnings, how to
    /// connect it.
    OperatorNotices: Seen, Refused;
    /// The list of contractors and their pages.
    Contractors: Seen, Seen;
    /// The list of contracts and their pages.
    Contracts: Seen, Seen;
    /// The list of requisitions and their pages.
    Requisitions: Seen, Seen;
    /// The calendar, and making links for other calendars.
    Calendar: Seen, Seen;
    /// The CSV file of contractors.
    ContractorExport: Seen, Seen;
    /// The CSV file of contracts.
    ContractExport: Seen, Seen;
    /// The CSV file of requisitions.
    RequisitionExport: Seen, Seen;
    /// The file behind a calendar link, as its owner sees it.
    CalendarFeed: Seen, Seen;
    /// The list of findings, and their count on every page.
    Findings: Seen, Seen;
    /// In that list and count: findings about the delivery of messages. Stories show them to all.
    TransportFindings: Seen, Refused;
    /// Dismissing a finding, and undoing that. Reasons and names of dismissals are seen with the finding.
    FindingDismissal: Seen, Refused;
    /// The event catalog, with counts of what arrived.
    Catalog: Seen, Seen;
    /// The list of deliveries, and links to it.
    DeliveryList: Seen, Refused;
    /// Saved views of that list: own ones, and those that are shared.
    DeliveryViews: Seen, Refused;
    /// Sharing a view with all who see deliveries, and changing one that somebody shares.
    SharedDeliveryViews: Seen, Refused;
    /// New rows of that list as they arrive.
    LiveDeliveries: Seen, Refused;
    /// The files of deliveries, with everything stored of them.
    DeliveryExport: Seen, Refused;
    /// Of a genuine delivery that can be read: what it was about, when it came, what it changed.
    DeliveryHistory: Seen, Seen;
    /// Of any delivery: its exact bytes, headers, sender's address and verification.
    RawDelivery: Seen, Refused;
    /// A genuine delivery as a command that sends it again, signed anew.
    SignedRequest: Seen, Refused;
    /// Deliveries that count for nothing: refused requests and unreadable messages.
    UncountedDeliveries: Seen, Refused;
    /// What an event changed of the record of a contractor at the client.
    ContactChanges: Seen, Refused;
    /// In changes: fields of a person that the catalog does not describe, whose content is unknown.
    UndescribedPersonFields: Seen, Masked;
    /// In changes: dates of birth and legal names. They are masked before the viewer is known.
    PersonalValues: Masked, Masked;
    /// The own account: name, password, sessions.
    OwnAccount: Seen, Seen;
}

/// Returns whether a role sees all of a thing.
pub fn sees(role: Option<Role>, thing: Thing) -> bool {
    sight(role, thing) == Sight::Seen
}

/// Returns whether a role may rename or delete a saved view: everybody their own, and of others what they share.
pub fn may_change_view(role: Option<Role>, is_own: bool, is_shared: bool) -> bool {
    sees(role, Thing::DeliveryViews) && (is_own || is_shared && sees(role, Thing::SharedDeliveryViews))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The things of which a role sees less than all, with what it gets.
    fn limits(role: Option<Role>) -> Vec<(Thing, Sight)> {
        let all = Thing::ALL.iter().map(|thing| (*thing, sight(role, *thing)));
        all.filter(|(_, sight)| *sight != Sight::Seen).collect()
    }

    #[test]
    fn admins_see_everything_but_personal_values() {
        assert_eq!(limits(Some(Role::Admin)), [(Thing::PersonalValues, Sight::Masked)]);
    }

    #[test]
    fn hirers_see_everything_but_deliveries_and_what_is_for_operators() {
        use Sight::{Masked, Refused};
        assert_eq!(
            limits(Some(Role::Hirer)),
            [
                (Thing::OperatorNotices, Refused),
                (Thing::TransportFindings, Refused),
                (Thing::FindingDismissal, Refused),
                (Thing::DeliveryList, Refused),
                (Thing::DeliveryViews, Refused),
                (Thing::SharedDeliveryViews, Refused),
                (Thing::LiveDeliveries, Refused),
                (Thing::DeliveryExport, Refused),
                (Thing::RawDelivery, Refused),
                (Thing::SignedRequest, Refused),
                (Thing::UncountedDeliveries, Refused),
                (Thing::ContactChanges, Refused),
                (Thing::UndescribedPersonFields, Masked),
                (Thing::PersonalValues, Masked),
            ]
        );
    }

    #[test]
    fn a_view_is_changed_by_its_owner_and_a_shared_one_by_every_admin() {
        let admin = Some(Role::Admin);
        assert!(may_change_view(admin, true, false) && may_change_view(admin, false, true));
        assert!(!may_change_view(admin, false, false), "another's own");
        assert!(!may_change_view(Some(Role::Hirer), true, true) && !may_change_view(None, true, true));
    }

    #[test]
    fn nobody_sees_nothing() {
        for thing in Thing::ALL {
            assert_eq!(sight(None, *thing), Sight::Refused, "{thing:?}");
            assert!(!sees(None, *thing));
        }
    }
}
