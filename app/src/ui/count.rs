//! Formatting of counts.

/// Returns a number with digit groups: "1,438".
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let counts = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_438, "1,438"), (12_345_678, "12,345,678")];
        for (count, text) in counts {
            assert_eq!(grouped(count), text);
        }
    }
}
