//! The rules for new passwords: minimum length, equal confirmation, and hard to guess.

use super::password;
use app::view::password::MIN_LENGTH;
use domain::account::Person;
use std::sync::Arc;
use tokio::sync::Semaphore;
use zxcvbn::Score;
use zxcvbn::feedback::{Suggestion, Warning};

/// The reason why a password is refused, as codes that `app::view::password` turns into sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRejection {
    /// The code of the reason.
    pub error: &'static str,
    /// Codes of what makes it guessable, and of what would help.
    pub advice: Vec<&'static str>,
}

impl PasswordRejection {
    /// Creates a reason without advice.
    pub fn because(error: &'static str) -> Self {
        Self { error, advice: Vec::new() }
    }

    /// Returns the query string by which the form's page shows it.
    pub fn to_query(&self) -> String {
        let advice = if self.advice.is_empty() { String::new() } else { format!("&advice={}", self.advice.join(",")) };
        format!("?error={}{advice}", self.error)
    }
}

/// Validates a new password of this person.
pub async fn check(
    password: &str,
    again: &str,
    person: &Person,
    slots: &Arc<Semaphore>,
) -> Result<(), PasswordRejection> {
    if password.chars().count() < MIN_LENGTH {
        return Err(PasswordRejection::because("short"));
    }
    if password != again {
        return Err(PasswordRejection::because("mismatch"));
    }
    let (password, person) = (password.to_owned(), person.clone());
    // If the check itself fails, the password is accepted.
    password::in_slot(slots, move || not_guessable(&password, &person)).await.unwrap_or(Ok(()))
}

/// Checks the strength of a password, with the person's name and address and this program's name as known words.
fn not_guessable(password: &str, person: &Person) -> Result<(), PasswordRejection> {
    let own = [person.email.as_str(), person.name.as_str(), "junoscope", "yunojuno"];
    let parts = own.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|part| !part.is_empty());
    let words: Vec<&str> = own.into_iter().chain(parts).collect();
    let estimate = zxcvbn::zxcvbn(password, &words);
    // Score three of four resists an offline attack on stolen hashes for a while, and any online guessing.
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let typed = password.to_lowercase();
    let is_own = words.iter().any(|word| word.chars().count() > 3 && typed.contains(&word.to_lowercase()));
    let mut advice: Vec<&'static str> = Vec::new();
    if let Some(feedback) = estimate.feedback() {
        advice.extend(feedback.warning().map(warning));
        advice.extend(feedback.suggestions().iter().map(|&one| suggestion(one)));
    }
    if is_own {
        // Replaces the library's advice that it is similar to a common password, which would be hard to understand.
        advice.retain(|name| !matches!(*name, "top-10" | "top-100" | "common" | "similar"));
        advice.insert(0, "yours");
    }
    Err(PasswordRejection { error: "guessable", advice })
}

fn warning(of: Warning) -> &'static str {
    match of {
        Warning::StraightRowsOfKeysAreEasyToGuess => "rows",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "keys",
        Warning::RepeatsLikeAaaAreEasyToGuess => "repeats",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "repeated-parts",
        Warning::ThisIsATop10Password => "top-10",
        Warning::ThisIsATop100Password => "top-100",
        Warning::ThisIsACommonPassword => "common",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "similar",
        Warning::SequencesLikeAbcAreEasyToGuess => "sequences",
        Warning::RecentYearsAreEasyToGuess => "recent-years",
        Warning::AWordByItselfIsEasyToGuess => "one-word",
        Warning::DatesAreOftenEasyToGuess => "dates",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "names",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "common-names",
    }
}

fn suggestion(of: Suggestion) -> &'static str {
    match of {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "use-words",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "no-symbols",
        Suggestion::AddAnotherWordOrTwo => "add-words",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "capitals",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => "all-capitals",
        Suggestion::ReversedWordsArentMuchHarderToGuess => "reversed",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "substitutions",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "longer-pattern",
        Suggestion::AvoidRepeatedWordsAndCharacters => "avoid-repeats",
        Suggestion::AvoidSequences => "avoid-sequences",
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "avoid-years",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::view::password::advice_in_words;
    use domain::account::Role;

    fn ana() -> Person {
        Person { name: "Anastasia Petrova".into(), email: "ana.petrova@example.com".into(), role: Role::Hirer }
    }

    async fn checked(password: &str, again: &str) -> Result<(), PasswordRejection> {
        check(password, again, &ana(), &Arc::new(Semaphore::new(1))).await
    }

    #[tokio::test]
    async fn what_is_short_common_or_ones_own_is_not_taken() {
        assert_eq!(checked("short", "short").await.unwrap_err().error, "short");
        assert_eq!(checked("correct horse battery", "correct horse").await.unwrap_err().error, "mismatch");
        for guessable in [
            "passwordpassword",
            "123456789012",
            "qwertyuiop[]",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "anastasiapetrova",
            "Anastasia Petrova",
            "ana.petrova@example.com",
            "junoscope2026",
            "yunojunoyunojuno",
        ] {
            let rejection = checked(guessable, guessable).await.unwrap_err();
            assert_eq!(rejection.error, "guessable", "{guessable}");
            let words = advice_in_words(&rejection.advice.join(","));
            assert!(!words.is_empty() && words.len() == rejection.advice.len(), "{guessable}: {rejection:?}");
        }
        for taken in ["correct horse battery", "Tr0ub4dour hums at dusk", "śnieg kwitnie nocą", "x7#qPz!m2vLw"] {
            assert_eq!(checked(taken, taken).await, Ok(()), "{taken}");
        }
        let long = "correct horse battery ".repeat(500);
        assert_eq!(checked(&long, &long).await, Ok(()));
    }

    #[tokio::test]
    async fn ones_own_name_is_named_as_the_reason() {
        let rejection = checked("anastasiapetrova", "anastasiapetrova").await.unwrap_err();
        assert_eq!(rejection.advice.first(), Some(&"yours"), "{rejection:?}");
    }
}
