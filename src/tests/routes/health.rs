//! `/healthz`, `/readyz`, and the files that every browser asks for.

use super::*;

#[test]
fn probes_and_files_need_no_session() {
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let page = site().stranger(path);
        assert_eq!((page.status, page.html.as_str()), (200, text), "{path}");
    }
}
