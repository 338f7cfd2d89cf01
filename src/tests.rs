//! What the tests of the server stand on.

pub mod support {
    //! Real databases to run against, and what else a test needs around it.
    pub mod database;
    pub mod history;
}
