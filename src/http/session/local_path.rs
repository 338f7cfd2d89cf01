//! Validation of redirect targets: only paths on this server are accepted.

/// Returns the wanted path if it is on this server, else `/`.
///
/// Browsers take `//host`, `/\host` and `/<tab>/host` for other hosts, and drop control characters first; so only
/// visible ASCII passes, without backslashes, and never two leading slashes. The sign-in pages are rejected as well.
pub fn local_path(wanted: &str) -> &str {
    let is_local = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted.len() <= 2048
        && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    let is_entrance = matches!(path, "/sign-in" | "/sign-out" | "/preferences") || path.starts_with("/welcome/");
    if is_local && !is_entrance { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_our_own_pages_are_led_to() {
        for path in ["/", "/contracts", "/deliveries?type=a&before=5#x", "/a//b", "/contractors/clct_1?x=https://b"] {
            assert_eq!(local_path(path), path);
        }
        for foreign in [
            "",
            "contracts",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\..\\b",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/a b",
            "/a\r\nSet-Cookie: a=b",
            "/ä",
            "/sign-in?next=/",
            "/sign-out",
            "/preferences",
            "/welcome/abc",
        ] {
            assert_eq!(local_path(foreign), "/", "{foreign:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(2048))), "/");
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_browser_stays_here(wanted in r"[/\\.:@?#a-c\t\n ]{0,12}") {
            let here = url::Url::parse("https://hooks.example/sign-in").unwrap();
            let there = here.join(local_path(&wanted)).unwrap();
            prop_assert_eq!(there.origin(), here.origin());
        }
    }
}
