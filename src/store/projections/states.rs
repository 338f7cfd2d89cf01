//! Sets of contract states as SQL, beside the methods of `domain::lifecycle::contract::ContractState` that they stand for.

/// `ContractState::is_signed`.
pub(super) const SIGNED: &str = "('accepted', 'notice_served', 'end_known')";

/// `ContractState::is_open_offer`.
pub(super) const OPEN_OFFER: &str = "('offered')";

/// `ContractState::is_proposed` or `ContractState::is_signed`.
pub(super) const PROPOSED_OR_SIGNED: &str = "('approved', 'offered', 'accepted', 'notice_served', 'end_known')";

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lifecycle::contract::ContractState;

    #[test]
    fn sets_in_sql_are_the_sets_in_rust() {
        let listed = |is_in: fn(ContractState) -> bool| {
            let states = ContractState::ALL.into_iter().filter(|state| is_in(*state));
            let words: Vec<String> = states.map(|state| format!("'{}'", state.as_str())).collect();
            format!("({})", words.join(", "))
        };
        assert_eq!(SIGNED, listed(ContractState::is_signed));
        assert_eq!(OPEN_OFFER, listed(ContractState::is_open_offer));
        assert_eq!(PROPOSED_OR_SIGNED, listed(|state| state.is_proposed() || state.is_signed()));
    }
}
