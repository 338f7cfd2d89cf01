//! Tests of the collation: which names a search treats as equal, and the order of names.

use super::*;
use proptest::prelude::*;
use std::cmp::Ordering;

fn finds(typed: &str, name: &str) -> bool {
    Words::of(typed).are_in(&search_form(name))
}

#[test]
fn a_name_is_found_as_an_english_keyboard_types_it() {
    let names = [
        ("Magalhaes", "João Magalhães"),
        ("magalhães", "JOAO MAGALHAES"),
        ("Akesson", "Åsa Åkesson"),
        ("Pham", "Phạm Thị Hương"),
        ("huong", "Phạm Thị Hương"),
        ("Roder", "Jörg Röder"),
        ("roder", "Ro\u{308}der"),
        ("O'Brien", "Sinéad O’Brien"),
        ("O’Brien", "Sinead O'Brien"),
        ("obrien", "Sinead OʼBrien"),
        ("ipek", "İpek Yılmaz"),
        ("İpek", "ipek yilmaz"),
        ("yilmaz", "İpek Yılmaz"),
        ("Adams Zoe", "Zoë Adams"),
        ("adams, zoe", "Zoe Adams"),
        ("lukasz", "Łukasz Żółć"),
        ("zolc", "Łukasz Żółć"),
        ("soren", "Søren Kierkegård"),
        ("strasse", "Hauptstraße"),
        ("dokovic", "Novak Đoković"),
        ("oeuvre", "Œuvre complète"),
        ("σωκρατης", "Σωκράτης"),
        ("anne marie", "Anne\u{2010}Marie"),
        ("ｆｕｌｌ", "Full width"),
        ("ada", "A\u{200b}d\u{ad}a"),
        ("山田", "山田 太郎"),
        ("かき", "ガギ"),
    ];
    for (typed, name) in names {
        assert!(finds(typed, name), "{typed} does not find {name}: {:?}, {:?}", Words::of(typed), search_form(name));
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    for (typed, name) in
        [("adams zoe", "Zoe Lee"), ("", "Zoe Lee"), ("'", "O'Brien"), ("山口", "山田 太郎"), ("zoe\nlee", "Lee")]
    {
        assert!(!finds(typed, name), "{typed} finds {name}");
    }
}

#[test]
fn a_search_never_matches_across_two_fields() {
    assert!(search_form("ada\nlee").contains('\n'));
    assert_eq!(Words::of("ada lee lee le").iter().collect::<Vec<_>>(), ["ada", "lee"]);
    assert_eq!(Words::of("\"Ada  Lee\" (zoe), “x y").iter().collect::<Vec<_>>(), ["ada lee", "x y", "zoe"]);
}

/// Every letter of the Latin script that the root collation sorts as ASCII letters is found by these.
#[test]
fn latin_letters_fold_as_the_root_collation_has_it() {
    let mut checked = 0;
    for letter in ('\u{c0}'..'\u{250}').chain('\u{1e00}'..'\u{1f00}').filter(|letter| letter.is_alphabetic()) {
        let form = search_form(&letter.to_string());
        // The apostrophe in `ŉ` is dropped, and `ı` is no `i` to the collation.
        if form.is_ascii() && !['ı', 'ŉ'].contains(&letter) {
            checked += 1;
            assert_eq!(key(&BY_LETTER, &form), key(&BY_LETTER, &letter.to_string()), "{letter} is {form}");
        }
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn names_are_in_the_order_of_a_dictionary() {
    let mut names = [
        "Zoe",
        "Łukasz B",
        "Élodie",
        "lukas",
        "Lukasz A",
        "Elodie",
        "elodie",
        "Özil",
        "Oz",
        "Ozzy",
        "Ægir",
        "Adam",
        "Ångström",
        "Anna",
    ];
    names.sort_by_cached_key(|name| sort_key(name));
    assert_eq!(
        names,
        [
            "Adam",
            "Ægir",
            "Ångström",
            "Anna",
            "elodie",
            "Elodie",
            "Élodie",
            "lukas",
            "Lukasz A",
            "Łukasz B",
            "Oz",
            "Özil",
            "Ozzy",
            "Zoe"
        ]
    );
}

proptest! {
    /// The encoded key compares as the collation does, however the two databases compare bytes.
    #[test]
    fn keys_compare_as_the_names_do(one in "\\PC{0,20}", two in "\\PC{0,20}") {
        let by_key = sort_key(&one).cmp(&sort_key(&two));
        prop_assert_eq!(by_key, BY_ALL.compare(&one, &two));
        if by_key == Ordering::Equal {
            prop_assert_eq!(search_form(&one).is_empty(), search_form(&two).is_empty());
        }
    }

    /// A form is stable, and a name is always found by itself unless it has nothing to search for.
    #[test]
    fn a_form_stays_as_it_is(name in "\\PC{0,40}") {
        let form = search_form(&name);
        prop_assert_eq!(&search_form(&form), &form);
        let words = Words::of(&name);
        prop_assert!(words.is_empty() || words.are_in(&form));
    }

    /// Composed and decomposed forms are one.
    #[test]
    fn decomposing_changes_nothing(name in "[a-zA-ZÀ-ɏḀ-ỿ ]{0,30}") {
        let decomposed: String = DecomposingNormalizerBorrowed::new_nfd().normalize_iter(name.chars()).collect();
        prop_assert_eq!(search_form(&name), search_form(&decomposed));
    }

    /// However long a name is, its key fits into an index.
    #[test]
    fn keys_are_bounded(name in "\\PC{150,400}") {
        prop_assert!(sort_key(&name).len() <= KEY_BYTES);
    }
}

#[test]
fn a_phrase_is_found_whatever_spaces_are_in_it() {
    for name in ["Ada  Lee", "Ada\u{a0} \t Lee", "ada¨ lee"] {
        assert_eq!(search_form(name), "ada lee", "{name}");
        assert!(Words::of(&format!("\"{name}\"")).are_in("dr ada lee"), "{name}");
    }
    assert_eq!(search_form("Ada\n\n Lee"), "ada\n\n lee");
}

#[test]
fn the_whole_form_is_not_cut_and_begins_as_the_form_does() {
    for word in ["Long ", "Łódź’s "] {
        let text = word.repeat(100);
        let (form, whole) = (search_form(&text), whole_search_form(&text));
        assert!(whole.starts_with(&form) && whole.len() > 2 * form.len(), "{word}");
        assert_eq!(whole, search_form(word).repeat(100), "{word}");
    }
}
