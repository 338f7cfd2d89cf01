//! Field labels in plain words: known fields as the pages call them, others by their key made readable.

use crate::text::without_direction;

/// Maximum length of a label.
const MAX_LENGTH: usize = 120;

/// Returns what a key adds to the label of its object; `None` where it adds nothing.
pub(super) fn of_key(key: &str, inside: &str) -> Option<String> {
    let known = match key {
        "fee_schedule" | "status" => return None,
        // The field's own name is its label.
        "value" if inside.ends_with("custom_fields[]") => return None,
        "freelancer" | "client_contact" => "Contractor",
        "spend_request" => "Requisition",
        "periods" if inside == "fee_schedule" => "Fees",
        "notice_period_days" => "Notice",
        "minutes_in_working_day" => "Working day",
        "work_time_type" => "Working time",
        "work_location" => "Place of work",
        "freelancer_operating_jurisdiction" => "Works in",
        "freelancer_personal_tax_jurisdiction" => "Pays taxes in",
        "freelancer_id" => "Profile",
        "full_name" => "Name",
        "external_id" => "Number",
        "url" => "Address on YunoJuno",
        "total_fees" => "Fees in all",
        "country_code" => "Country",
        "registration_state" => "Registration",
        "onboarding_state" => "Onboarding",
        "bookability_state" => "Bookability",
        "renewal_meta" => "Renewal",
        "historical_meta" => "History",
        "has_previously_accepted_contract" => "Accepted a contract before",
        _ => return Some(readable(key)),
    };
    Some(known.to_owned())
}

/// Returns a key as readable text: `cost_centre` and `costCentre` become "Cost centre".
pub(super) fn readable(key: &str) -> String {
    let mut text = String::new();
    let mut was_small = false;
    for letter in key.chars().take(MAX_LENGTH) {
        if matches!(letter, '_' | '-' | '.') || letter.is_whitespace() {
            text.push(' ');
        } else if letter.is_uppercase() && was_small {
            text.push(' ');
            text.extend(letter.to_lowercase());
        } else {
            text.push(letter);
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { "Field without a name".to_owned() } else { capital(&words.join(" ")) }
}

/// Joins words to a label, "Requisition: amount". Without words it is the subject itself.
pub(super) fn joined(words: &[&str]) -> String {
    let Some((first, rest)) = words.split_first() else { return "Content".to_owned() };
    let mut label = (*first).to_owned();
    for word in rest {
        label.push_str(": ");
        label.push_str(&small(word));
    }
    let mut label = without_direction(&label).into_owned();
    if label.chars().count() > MAX_LENGTH {
        label = label.chars().take(MAX_LENGTH).collect();
        label.push('…');
    }
    label
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns the text in lower case within a label, except abbreviations and names with several capitals.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    if text.chars().skip(1).any(char::is_uppercase) && !text.starts_with("Custom field") && !text.starts_with("Address")
    {
        return text.to_owned();
    }
    first.to_lowercase().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_nobody_described_is_readable() {
        for (key, words) in [
            ("start_date", "Start date"),
            ("costCentre", "Cost centre"),
            ("PO-number", "PO number"),
            ("erp_company", "Erp company"),
            ("__", "Field without a name"),
            ("", "Field without a name"),
            ("état.civil", "État civil"),
        ] {
            assert_eq!(readable(key), words, "{key}");
        }
    }

    #[test]
    fn a_label_is_one_line_of_words() {
        assert_eq!(joined(&["Requisition", "Amount"]), "Requisition: amount");
        assert_eq!(joined(&["Contractor", "Custom field Vendor number"]), "Contractor: custom field Vendor number");
        assert_eq!(
            joined(&["Fees from 1 May 2026", "Platform Referral Fee"]),
            "Fees from 1 May 2026: Platform Referral Fee"
        );
        assert_eq!(joined(&[]), "Content");
        assert_eq!(joined(&["x".repeat(500).as_str()]).chars().count(), MAX_LENGTH + 1);
    }
}
