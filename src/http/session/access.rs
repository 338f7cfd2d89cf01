//! The access list: who may request each path.

use domain::policy::Thing;

/// Who may request a path, and how others are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a session lookup: the webhook, assets, health.
    Unauthenticated,
    /// Anybody; the session is looked up for the page's frame.
    Public,
    /// Anybody with a valid one-time link.
    OneTimeLink,
    /// Signed-in people; others are redirected to the sign-in page.
    Page,
    /// Signed-in people who see this; others get 401 or 403, as this is no page.
    Only(Thing),
}

/// Returns the rule for a path as it is in the request. Unlisted paths are pages.
pub fn of(path: &str) -> Access {
    // Compared in decoded form: `%62ody` must not be less guarded than `body`. Decoding can only add guards, so public
    // paths are compared undecoded.
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let guarded: Vec<&str> = decoded.split('/').filter(|segment| !segment.is_empty()).collect();
    match guarded.as_slice() {
        ["live", ..] => return Access::Only(Thing::LiveDeliveries),
        ["deliveries", _, "body"] => return Access::Only(Thing::RawDelivery),
        ["deliveries", _, "curl"] => return Access::Only(Thing::SignedRequest),
        _ => {}
    }
    match path {
        "/favicon.svg" | "/robots.txt" | "/healthz" | "/readyz" => Access::Unauthenticated,
        "/sign-in" | "/sign-out" | "/preferences" => Access::Public,
        // The secret token in the path is the only credential.
        _ if path.strip_prefix("/feeds/").is_some_and(|file| !file.contains('/')) => Access::Unauthenticated,
        _ if path.starts_with("/webhooks/") || path.starts_with("/pkg/") => Access::Unauthenticated,
        _ if path.strip_prefix("/welcome/").is_some_and(|token| !token.contains('/')) => Access::OneTimeLink,
        _ => Access::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_the_rule_of_its_kind() {
        for (path, access) in [
            ("/webhooks/yunojuno", Access::Unauthenticated),
            ("/webhooks/yunojuno/", Access::Unauthenticated),
            ("/pkg/junoscope.abc.css", Access::Unauthenticated),
            ("/favicon.svg", Access::Unauthenticated),
            ("/robots.txt", Access::Unauthenticated),
            ("/healthz", Access::Unauthenticated),
            ("/readyz", Access::Unauthenticated),
            ("/sign-in", Access::Public),
            ("/sign-out", Access::Public),
            ("/preferences", Access::Public),
            ("/welcome/abc", Access::OneTimeLink),
            ("/feeds/abc.ics", Access::Unauthenticated),
            ("/feeds", Access::Page),
            ("/feeds/abc/more", Access::Page),
            ("/calendar", Access::Page),
            ("/calendar/feeds", Access::Page),
            ("/contracts.csv", Access::Page),
            ("/", Access::Page),
            ("/contractors", Access::Page),
            ("/deliveries", Access::Page),
            ("/deliveries/5", Access::Page),
            ("/welcome", Access::Page),
            ("/welcome/abc/more", Access::Page),
            ("/webhooks", Access::Page),
            ("/pkg", Access::Page),
            ("/sign-in/", Access::Page),
            ("/healthz/x", Access::Page),
            ("/%70kg/x", Access::Page),
            ("/live/deliveries", Access::Only(Thing::LiveDeliveries)),
            ("/l%69ve/deliveries", Access::Only(Thing::LiveDeliveries)),
            ("/deliveries/5/body", Access::Only(Thing::RawDelivery)),
            ("/deliveries/5/curl", Access::Only(Thing::SignedRequest)),
            ("/deliveries/5/b%6Fdy", Access::Only(Thing::RawDelivery)),
            ("/deliveries/5/body/", Access::Only(Thing::RawDelivery)),
            ("//deliveries//5/body", Access::Only(Thing::RawDelivery)),
        ] {
            assert_eq!(of(path), access, "{path}");
        }
    }
}
